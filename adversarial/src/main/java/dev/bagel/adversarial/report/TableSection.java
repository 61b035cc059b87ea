package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TrainedNet;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every accuracy that was measured, as a table. */
public record TableSection(TourResult result) implements Section {
  /** A number in the table, and how strongly it is tinted. */
  public record Cell(String text, String tint) {}

  /** The accuracies at one ε: all attacks on the plain net, then on the hardened one. */
  public record Row(String epsilon, boolean isShown, List<Cell> cells) {}

  @Override
  public String id() {
    return "table";
  }

  @Override
  public String title() {
    int n = rows().size() * 2 * attacks().size();
    return "All %s accuracies, on the same %s test images"
        .formatted(n, Numbers.count(result.data().testImages()));
  }

  public List<String> attacks() {
    return result.plain().curves().stream().map(Curve::attack).toList();
  }

  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    List<Curve.Point> points = result.plain().curves().get(0).points();
    for (int i = 0; i < points.size(); i++) {
      List<Cell> cells = new ArrayList<>();
      for (TrainedNet net : result.nets()) {
        for (Curve c : net.curves()) {
          cells.add(cell(c.points().get(i).accuracy()));
        }
      }
      double epsilon = points.get(i).epsilon();
      boolean shown = epsilon == result.settings().epsilon();
      rows.add(new Row(Numbers.plain(epsilon), shown, cells));
    }
    return rows;
  }

  private static Cell cell(double accuracy) {
    return new Cell(
        String.format(Locale.ROOT, "%.1f", 100 * accuracy),
        String.format(Locale.ROOT, "--share:%.0f%%", 100 * accuracy));
  }

  /** How often a net was differentiated for all of this, and how long that took. */
  public String cost() {
    long gradients = 0;
    double seconds = 0;
    for (TrainedNet net : result.nets()) {
      for (Curve c : net.curves()) {
        for (Curve.Point p : c.points()) {
          gradients += p.cost().gradients();
          seconds += p.seconds();
        }
      }
    }
    return Numbers.count(gradients) + " gradients in " + Numbers.seconds(seconds);
  }

  @Override
  public Content body() {
    return Templates.show("table", this);
  }
}
