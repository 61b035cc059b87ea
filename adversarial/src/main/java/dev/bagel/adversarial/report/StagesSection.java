package dev.bagel.adversarial.report;

import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Stage;
import gg.jte.Content;
import java.util.List;
import java.util.Locale;

/** What each attack of an ensemble left. */
public record StagesSection(Assessed result) implements Section {
  /** A line of the table. */
  public record Row(
      String name, String attacked, String fooled, String accuracy, String tint, String cost) {}

  @Override
  public String id() {
    return "stages";
  }

  @Override
  public String title() {
    Stage last = result.stages().get(result.stages().size() - 1);
    return "%s attacks, one after the other, leave %s right"
        .formatted(result.stages().size(), Numbers.percent(last.accuracy()));
  }

  public String clean() {
    return Numbers.percent(result.cleanAccuracy());
  }

  public List<Row> rows() {
    return result.stages().stream().map(StagesSection::row).toList();
  }

  private static Row row(Stage s) {
    return new Row(
        s.name(),
        Numbers.count(s.attacked()),
        Numbers.count(s.fooled()),
        Numbers.percent(s.accuracy()),
        String.format(Locale.ROOT, "--share:%.0f%%", 100 * s.accuracy()),
        s.blackBox()
            ? Numbers.count(s.cost().forwards()) + " queries"
            : Numbers.count(s.cost().gradients()) + " gradients");
  }

  @Override
  public Content body() {
    return Templates.show("stages", this);
  }
}
