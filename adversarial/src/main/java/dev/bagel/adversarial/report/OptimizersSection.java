package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.ImagenetResult;
import dev.bagel.adversarial.tour.Verdict;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The hog in the steps of each optimizer. */
public record OptimizersSection(ImagenetResult result) implements Section {
  /** What one optimizer made of all starts: a cell for each start. */
  public record Row(String name, String rate, String reached, List<Cell> cells) {}

  /** How likely the network finds the target, and what it says instead if that is not it. */
  public record Cell(String target, String instead, String tint) {}

  @Override
  public String id() {
    return "optimizers";
  }

  @Override
  public String title() {
    long all = result.crafted().stream().filter(c -> c.reached() == starts()).count();
    return "%s of %s optimizers reach “%s” from every start, in %s steps"
        .formatted(all, result.crafted().size(), target(), steps());
  }

  public String target() {
    return result.pictures().classNames().get(result.target());
  }

  public int starts() {
    return result.settings().starts();
  }

  public int steps() {
    return result.settings().race().steps();
  }

  public String epsilon() {
    return Numbers.radius(result.settings().race().ball().epsilon());
  }

  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (ImagenetResult.Crafted c : result.crafted()) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < starts(); i++) {
        double p = c.target().get(i);
        String tint = String.format(Locale.ROOT, "--share:%.0f%%", 100 * p);
        Verdict said = c.verdicts().get(i);
        String instead = said.predicted() == result.target() ? "" : said.name();
        cells.add(new Cell(Numbers.percent(p), instead, tint));
      }
      String rate = Numbers.plain(c.entrant().optimizer().rate());
      rows.add(new Row(c.entrant().name(), rate, c.reached() + " of " + starts(), cells));
    }
    return rows;
  }

  @Override
  public Content body() {
    return Templates.show("optimizers", this);
  }
}
