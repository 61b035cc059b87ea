package dev.bagel.adversarial.report;

import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Point;
import dev.bagel.adversarial.report.LineChart.Tone;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TrainedNet;
import dev.bagel.nn.Epoch;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How both nets learned. */
public record TrainingSection(TourResult result) implements Section {
  @Override
  public String id() {
    return "training";
  }

  @Override
  public String title() {
    return "Hardening took %s, the training before it %s"
        .formatted(
            Numbers.seconds(result.hardened().seconds()),
            Numbers.seconds(result.plain().seconds()));
  }

  /** Loss and accuracy over the epochs. */
  public List<LineChart> charts() {
    double most = result.nets().stream().mapToDouble(TrainingSection::mostLoss).max().orElse(1);
    return List.of(
        chart("Loss", Axis.linear("loss", 0, Math.max(1e-3, most)), Epoch::loss),
        chart("Accuracy", Axis.share("right, of test images"), Epoch::validationAccuracy));
  }

  private LineChart chart(String title, Axis y, ToDoubleFunction<Epoch> value) {
    List<Line> lines = new ArrayList<>();
    int epochs = 2;
    for (TrainedNet net : result.nets()) {
      Tone tone = Tone.valueOf(net.name().toUpperCase(Locale.ROOT));
      List<Point> points =
          net.history().stream().map(e -> new Point(e.number(), value.applyAsDouble(e))).toList();
      lines.add(new Line(net.name(), tone, points));
      epochs = Math.max(epochs, net.history().size());
    }
    return new LineChart(
        title + " over epochs",
        title + " of both nets after every epoch.",
        Axis.linear("epoch", 1, epochs),
        y,
        lines,
        List.of());
  }

  private static double mostLoss(TrainedNet net) {
    return net.history().stream().mapToDouble(Epoch::loss).max().orElse(1);
  }

  public String images() {
    return Numbers.count(result.data().trainImages());
  }

  /** The length of the hardening. */
  public int epochs() {
    return result.hardened().history().size();
  }

  /** What it made small, as it prints. */
  public String hardened() {
    return result.hardened().trainer().objective().toString();
  }

  @Override
  public Content body() {
    return Templates.show("training", this);
  }
}
