package dev.bagel.adversarial.report;

import dev.bagel.adversarial.explain.Drawing;
import dev.bagel.adversarial.tour.ImagenetResult;
import dev.bagel.adversarial.tour.ImagenetResult.Focus;
import dev.bagel.adversarial.tour.Verdict;
import dev.bagel.tensor.Tensor;
import gg.jte.Content;
import java.util.List;
import java.util.Locale;

/** Where the network looks, before and after. */
public record FocusSection(ImagenetResult result) implements Section {
  /** A picture, the map over it, and what the network says. */
  public record Card(String when, String picture, String overlay, String says, String sure) {}

  @Override
  public String id() {
    return "focus";
  }

  @Override
  public String title() {
    return "Where the network looks changes with what it says: the two maps correlate by %s"
        .formatted(decimals(result.agreement().correlation()));
  }

  public List<Card> cards() {
    return List.of(card("the hog", result.before()), card("after the attack", result.after()));
  }

  private static Card card(String when, Focus f) {
    Tensor overlay = Drawing.overlay(f.map(), 0, f.picture());
    Verdict v = f.verdict();
    return new Card(
        when,
        Raster.image(f.picture()).address(),
        Raster.image(overlay).address(),
        v.name(),
        Numbers.percent(v.confidence()));
  }

  /** How many of the strong places of either map are in both. */
  public String overlap() {
    return Numbers.percent(result.agreement().iou());
  }

  /** The share of strong places. */
  public String hot(Focus f) {
    return Numbers.percent(f.map().hotShare()[0]);
  }

  private static String decimals(double v) {
    return String.format(Locale.ROOT, "%.2f", v);
  }

  @Override
  public Content body() {
    return Templates.show("focus", this);
  }
}
