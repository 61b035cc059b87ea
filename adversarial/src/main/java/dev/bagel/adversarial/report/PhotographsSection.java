package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.ImagenetResult;
import gg.jte.Content;
import java.util.List;

/** The bagel that becomes a piano, and the hog that becomes a terrier. */
public record PhotographsSection(ImagenetResult result) implements Section {
  @Override
  public String id() {
    return "photographs";
  }

  @Override
  public String title() {
    return "On photographs: %s and %s, and no pixel moves by more than %s"
        .formatted(
            becomes("the bagel", result.piano()),
            becomes("the hog", result.terrier()),
            Numbers.radius(result.piano().ball().epsilon()));
  }

  private static String becomes(String what, Example e) {
    return e.before().predicted() == e.after().predicted()
        ? what + " stays “" + e.after().name() + "”"
        : what + " becomes “" + e.after().name() + "”";
  }

  public List<Triptych> pictures() {
    return List.of(new Triptych(result.piano(), true), new Triptych(result.terrier(), true));
  }

  public String network() {
    return result.pictures().network();
  }

  /** How many weights it has. */
  public String weights() {
    return Numbers.count(result.pictures().model().params().count());
  }

  /** The file that a picture is from. */
  public String file(Triptych t) {
    return result.pictures().files().get(t.example().number());
  }

  public int steps() {
    return result.settings().targeted().steps();
  }

  @Override
  public Content body() {
    return Templates.show("photographs", this);
  }
}
