package dev.bagel.adversarial.report;

import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Point;
import dev.bagel.adversarial.report.LineChart.Tone;
import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.ImagenetResult;
import gg.jte.Content;
import java.util.List;
import java.util.Locale;

/** How far the photographs are from another answer. */
public record NearestSection(ImagenetResult result) implements Section {
  private static final int LEVELS = 255;

  /** One photograph. */
  public record Row(String file, String before, String sure, String after, String distance) {}

  @Override
  public String id() {
    return "nearest";
  }

  @Override
  public String title() {
    return "Half of the photographs have another answer within %s of a grey level"
        .formatted(levels(result.medianDistance()));
  }

  public List<Row> rows() {
    return result.nearest().stream()
        .map(
            n ->
                new Row(
                    n.file(),
                    n.before().name(),
                    Numbers.percent(n.before().confidence()),
                    n.after().name(),
                    levels(n.distance())))
        .toList();
  }

  private static String levels(double distance) {
    return Double.isFinite(distance)
        ? String.format(Locale.ROOT, "%.2f", LEVELS * distance)
        : "none found";
  }

  /** Both curves in one. */
  public List<LineChart> charts() {
    double[] radii = result.radii();
    List<Line> lines = result.curves().stream().map(NearestSection::line).toList();
    return List.of(
        new LineChart(
            "Recognised as before, over ε",
            "The share of the photographs of which the network says what it said before.",
            Axis.linear("ε, the most that a pixel may change", 0, radii[radii.length - 1]),
            Axis.share("recognised"),
            lines,
            List.of()));
  }

  private static Line line(Curve curve) {
    Tone tone = Tone.valueOf(curve.attack().toUpperCase(Locale.ROOT));
    List<Point> points =
        curve.points().stream().map(p -> new Point(p.epsilon(), p.accuracy())).toList();
    return new Line(curve.attack(), tone, points);
  }

  @Override
  public Content body() {
    return Templates.show("nearest", this);
  }
}
