package dev.bagel.adversarial.report;

import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Fate;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import gg.jte.Content;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The worst that was found for some inputs, as pictures.
 *
 * @param rows which inputs, each with something found
 */
public record WorstSection(Assessed result, List<String> classNames, List<Integer> rows)
    implements Section {
  private static final int MOST = 6;

  /** Keeps copies. */
  public WorstSection {
    classNames = List.copyOf(classNames);
    rows = List.copyOf(rows);
  }

  /** The first few that were fooled, of inputs that are pictures; maybe none. */
  public static WorstSection of(Assessed result, List<String> classNames) {
    List<Integer> rows =
        IntStream.range(0, result.fates().size())
            .filter(i -> result.worst(i).isPresent())
            .limit(MOST)
            .boxed()
            .toList();
    return new WorstSection(result, classNames, rows);
  }

  /** A row of three pictures. */
  public record Card(
      String where, String clean, String change, String worst, String was, String is, String by) {}

  @Override
  public String id() {
    return "worst";
  }

  @Override
  public String title() {
    return rows.size() == 1 ? "One that fell" : rows.size() + " that fell";
  }

  public List<Card> cards() {
    return rows.stream().map(this::card).toList();
  }

  private Card card(int i) {
    Fate fate = result.fates().get(i);
    Tensor clean = picture(result.x().rows(i));
    Tensor worst = picture(result.worst(i).orElseThrow());
    float most = worst.sub(clean).abs().maxTo(Shape.of()).item();
    return new Card(
        "input " + fate.example() + " · " + name(fate.label()),
        Raster.image(clean).address(),
        Raster.change(clean, worst, Math.max(most, Float.MIN_NORMAL)).address(),
        Raster.image(worst).address(),
        name(fate.clean()),
        name(fate.predicted()),
        fate.by() + ", at distance " + Numbers.plain(fate.distance()));
  }

  private static Tensor picture(Tensor one) {
    return one.reshape(Shape.of(one.shape().dim(1), one.shape().dim(2), one.shape().dim(3)));
  }

  private String name(int k) {
    return k < classNames.size() ? classNames.get(k) : Integer.toString(k);
  }

  @Override
  public Content body() {
    return Templates.show("worst", this);
  }
}
