package dev.bagel.adversarial.report;

import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Mark;
import dev.bagel.adversarial.report.LineChart.Point;
import dev.bagel.adversarial.report.LineChart.Tone;
import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TrainedNet;
import gg.jte.Content;
import java.util.List;
import java.util.Locale;

/** Accuracy over ε, for both nets. */
public record CurvesSection(TourResult result) implements Section {
  @Override
  public String id() {
    return "curves";
  }

  @Override
  public String title() {
    TrainedNet net = result.plain();
    return "Noise of size %s costs the plain net %s; an attack of the same size costs it %s"
        .formatted(
            Numbers.plain(epsilon()),
            Numbers.points(net.accuracy(), at(net, "noise")),
            Numbers.points(net.accuracy(), at(net, "PGD")));
  }

  /** One chart for each net. */
  public List<LineChart> charts() {
    return result.nets().stream().map(this::chart).toList();
  }

  LineChart chart(TrainedNet net) {
    double most = result.settings().radii().get(result.settings().radii().size() - 1);
    List<Line> lines = net.curves().stream().map(CurvesSection::line).toList();
    return new LineChart(
        "The " + net.name() + " net: accuracy over ε",
        "At ε = %s: noise %s, FGSM %s, PGD %s; without any change %s."
            .formatted(
                Numbers.plain(epsilon()),
                Numbers.percent(at(net, "noise")),
                Numbers.percent(at(net, "FGSM")),
                Numbers.percent(at(net, "PGD")),
                Numbers.percent(net.accuracy())),
        Axis.linear("ε, the most that a pixel may change (pixels are 0 … 1)", 0, most),
        Axis.share("right"),
        lines,
        List.of(new Mark(epsilon(), "ε = " + Numbers.plain(epsilon()))));
  }

  private static Line line(Curve curve) {
    Tone tone = Tone.valueOf(curve.attack().toUpperCase(Locale.ROOT));
    List<Point> points =
        curve.points().stream().map(p -> new Point(p.epsilon(), p.accuracy())).toList();
    return new Line(curve.attack(), tone, points);
  }

  /** What hardening brings and what it costs. */
  public String gain() {
    TrainedNet plain = result.plain();
    TrainedNet hard = result.hardened();
    return "At ε = %s the hardened net is right on %s of the attacked images, the plain one on %s; without an attack it is right on %s instead of %s."
        .formatted(
            Numbers.plain(epsilon()),
            Numbers.percent(at(hard, "PGD")),
            Numbers.percent(at(plain, "PGD")),
            Numbers.percent(hard.accuracy()),
            Numbers.percent(plain.accuracy()));
  }

  /** Whether PGD was strong enough. */
  public String check() {
    return "A stronger attack on the hardened net, with more steps and another surrogate, leaves %s where PGD leaves %s."
        .formatted(
            Numbers.percent(result.check().accuracy()),
            Numbers.percent(at(result.hardened(), "PGD")));
  }

  private double epsilon() {
    return result.settings().epsilon();
  }

  private double at(TrainedNet net, String attack) {
    return net.curve(attack).at(epsilon());
  }

  @Override
  public Content body() {
    return Templates.show("curves", this);
  }
}
