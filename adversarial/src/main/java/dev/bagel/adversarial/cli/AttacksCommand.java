package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Norm;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel attacks}: which attacks there are, by threat model. */
@Command(
    name = "attacks",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Lists the attacks by threat model: what they must know of the model, in which norms they"
            + " work, what they can aim at, and what they ask of the model for each example.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel attacks",
      "  bagel attacks --knowledge scores --norm linf",
      "  bagel attacks --json",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class AttacksCommand implements Callable<Integer> {
  @Option(
      names = "--knowledge",
      paramLabel = "K",
      description = "Only those that need this: white-box, scores, decisions or nothing.")
  private String knowledge;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      description = "Only those that work in linf, l2, l1 or l0.")
  private Norm norm;

  @Option(names = "--targeted", description = "Only those that can aim at a class.")
  private boolean targeted;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() {
    Console console = globals.start();
    list(console, chosen());
    return Failures.DONE;
  }

  private List<AttackEntry> chosen() {
    Knowledge known = knowledge == null ? null : Knowledge.named(knowledge);
    return Registry.ALL.stream()
        .filter(a -> known == null || a.knowledge() == known)
        .filter(a -> norm == null || a.norms().contains(norm))
        .filter(a -> a.targeted() || !targeted)
        .toList();
  }

  /** Prints entries, the cheapest knowledge last. */
  static void list(Console console, List<AttackEntry> entries) {
    Table table = Table.of("name", "knowledge", "norms", "goals", "queries", "what");
    for (Knowledge k : Knowledge.values()) {
      for (AttackEntry a : entries) {
        if (a.knowledge() == k) {
          table.row(a.name(), k.label(), a.normLabels(), a.goals(), a.queries(), a.what());
        }
      }
    }
    if (!console.isJson()) {
      console.print(table.toTheLeft());
    }
    console.answer(Map.of("attacks", entries.stream().map(AttackEntry::toMap).toList()));
  }
}
