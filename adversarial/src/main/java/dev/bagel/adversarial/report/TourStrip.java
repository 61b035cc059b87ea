package dev.bagel.adversarial.report;

import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Point;
import dev.bagel.adversarial.report.LineChart.Tone;
import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.Targeted;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TrainedNet;
import dev.bagel.adversarial.tour.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * A tour in one picture: the targeted example and the curves, as an SVG that stands alone. What it
 * shows depends on the result only, so that it can be made again to the byte.
 */
public final class TourStrip {
  private static final int WIDTH = 940;
  private static final int HEIGHT = 300;
  private static final int SIDE = 140;
  private static final int LEFT = 20;
  private static final int STEP = 170; // from one picture to the next
  private static final int TOP = 62;
  private static final int ENLARGED = 5;
  private static final String STYLE =
      """
      .paper { fill: var(--paper); }
      text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
      .head { font-weight: 650; font-size: 15px; fill: var(--ink); }
      .says { font-weight: 650; font-size: 16px; fill: var(--ink); }
      .wrong { fill: var(--wrong); }
      .sum { font-size: 22px; text-anchor: middle; }
      .chart text, .chart .name { font-size: 13.5px; }
      image { image-rendering: pixelated; }
      """;

  private TourStrip() {}

  /**
   * The picture.
   *
   * @throws IllegalArgumentException if the tour found neither a targeted example nor another one
   */
  public static String of(TourResult r) {
    Example e =
        r.targeted()
            .map(Targeted::example)
            .or(() -> r.examples().stream().findFirst())
            .orElseThrow(() -> new IllegalArgumentException("the tour found no example to show"));
    StringBuilder out = new StringBuilder();
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img">
        <title>%s</title>
        <style>%s%s</style>
        <rect class="paper" width="%s" height="%s" rx="8"/>
        """
            .formatted(
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT,
                Xml.escape(title(r, e)),
                Palette.CSS,
                STYLE,
                WIDTH,
                HEIGHT));
    pictures(out, e);
    chart(out, r);
    return out.append("</svg>\n").toString();
  }

  private static String title(TourResult r, Example e) {
    return "%s, a small change, %s; accuracy over ε of a plain and a hardened net on %s"
        .formatted(e.before().name(), e.after().name(), r.data().name());
  }

  private static void pictures(StringBuilder out, Example e) {
    String epsilon = Numbers.plain(e.ball().epsilon());
    out.append(LineChart.text("head", LEFT, 34, "No pixel moves by more than " + epsilon));
    Raster change = Raster.change(e.clean(), e.adversarial(), e.ball().epsilon());
    picture(out, 0, Raster.image(e.clean()), "says", e.before().name(), sure(e.before()));
    picture(out, 1, change, "says", Triptych.magnified(e.ball().epsilon()), "drawn stronger");
    picture(out, 2, Raster.image(e.adversarial()), "says wrong", e.after().name(), sure(e.after()));
    out.append(LineChart.text("sum", LEFT + STEP - 15, TOP + SIDE / 2.0 + 7, "+"));
    out.append(LineChart.text("sum", LEFT + 2 * STEP - 15, TOP + SIDE / 2.0 + 7, "="));
  }

  private static String sure(Verdict v) {
    return Numbers.percent(v.confidence()) + " sure";
  }

  private static void picture(
      StringBuilder out, int place, Raster picture, String kind, String name, String below) {
    int x = LEFT + place * STEP;
    out.append(
        String.format(
            Locale.ROOT,
            "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" href=\"%s\"/>\n",
            x,
            TOP,
            SIDE,
            SIDE,
            picture.enlarged(ENLARGED).address()));
    out.append(LineChart.text(kind, x, TOP + SIDE + 26, name));
    out.append(LineChart.text("", x, TOP + SIDE + 46, below));
  }

  private static void chart(StringBuilder out, TourResult r) {
    List<Double> radii = r.settings().radii();
    LineChart chart =
        new LineChart(
            "accuracy over ε",
            "",
            Axis.linear("ε", 0, radii.get(radii.size() - 1)),
            Axis.share(""),
            List.of(
                line("noise", Tone.NOISE, r.plain(), "noise"),
                line("attack", Tone.PGD, r.plain(), "PGD"),
                line("hardened", Tone.HARDENED, r.hardened(), "PGD")),
            List.of());
    int x = LEFT + 3 * STEP + 6;
    out.append(LineChart.text("head", x, 34, "Right answers, under noise and under attack"));
    double scale = (WIDTH - x) / (double) LineChart.WIDTH;
    out.append(
        String.format(
            Locale.ROOT,
            "<g class=\"chart\" transform=\"translate(%d 36) scale(%.4f)\">\n",
            x,
            scale));
    out.append(chart.content()).append("</g>\n");
  }

  private static Line line(String name, Tone tone, TrainedNet net, String attack) {
    Curve curve = net.curve(attack);
    List<Point> points =
        curve.points().stream().map(p -> new Point(p.epsilon(), p.accuracy())).toList();
    return new Line(name, tone, points);
  }
}
