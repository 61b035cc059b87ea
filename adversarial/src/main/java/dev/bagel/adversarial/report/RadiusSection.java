package dev.bagel.adversarial.report;

import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Point;
import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Mark;
import dev.bagel.adversarial.report.LineChart.Tone;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;

/** Accuracy under attack over the radius. */
public record RadiusSection(Assessed result) implements Section {
  public RadiusSection {
    if (result.points().isEmpty()) {
      throw new IllegalArgumentException("no points to draw: no input was audited");
    }
  }

  @Override
  public String id() {
    return "radius";
  }

  @Override
  public String title() {
    return "The curve over ε, to where everything may change";
  }

  /** Up to twice the radius, and up to the whole box. */
  public List<LineChart> charts() {
    List<Point> all = result.points();
    return List.of(
        chart("Around ε", all.subList(0, Math.max(1, all.size() - 1))), chart("All of it", all));
  }

  private LineChart chart(String title, List<Point> points) {
    List<LineChart.Point> line = new ArrayList<>(List.of(new LineChart.Point(0, 1)));
    points.forEach(p -> line.add(new LineChart.Point(p.epsilon(), p.accuracy())));
    double epsilon = result.auto().ball().epsilon();
    double most = points.get(points.size() - 1).epsilon();
    return new LineChart(
        title,
        "Accuracy under APGD falls from 100 %% to %s at ε = %s."
            .formatted(
                Numbers.percent(points.get(points.size() - 1).accuracy()), Numbers.plain(most)),
        Axis.linear("ε, in " + result.auto().ball().norm().label(), 0, most),
        Axis.share("right"),
        List.of(new Line("APGD", Tone.PGD, line)),
        List.of(new Mark(epsilon, "ε = " + Numbers.plain(epsilon))));
  }

  /** The same in words. */
  public String values() {
    return String.join(
        ", ",
        result.points().stream()
            .map(p -> Numbers.percent(p.accuracy()) + " at " + Numbers.plain(p.epsilon()))
            .toList());
  }

  @Override
  public Content body() {
    return Templates.show("radius", this);
  }
}
