package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Outcome;
import dev.bagel.bench.work.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Is every JVM as fast as the one before, and how long does the first attack of one take? */
@Command(
    name = "fresh-starts",
    mixinStandardHelpOptions = true,
    description =
        "Attacks a batch in JVMs that just started, one after the other: the time of a step once"
            + " warm, how far the JVMs are apart, and the wall time of the first attack.")
final class FreshStartsCommand implements Callable<Integer> {
  @Option(
      names = "--work",
      paramLabel = "NAME",
      defaultValue = "madry-64",
      description = "The network and the batch (default: ${DEFAULT-VALUE}).")
  private String work;

  @Option(
      names = "--jvms",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int jvms;

  @Override
  public Integer call() {
    if (jvms < 1) {
      throw new WrongUse("--jvms " + jvms + ": at least 1");
    }
    if (!Workload.names().contains(work)) {
      throw new WrongUse("--work " + work + ": one of " + String.join(", ", Workload.names()));
    }
    System.out.printf("%s, %s%n%n", Machine.here().cpu(), Machine.here().java());
    System.out.println("| JVM | step, ms | first attack, ms |");
    System.out.println("|--:|--:|--:|");
    List<Double> steps = new ArrayList<>();
    List<Double> firsts = new ArrayList<>();
    for (int i = 1; i <= jvms; i++) {
      FirstRuns runs = FreshJvm.plain().ask(FirstRuns.class, List.of("first-runs", work));
      steps.add(runs.step());
      firsts.add(runs.first());
      print(String.valueOf(i), runs.step(), runs.first());
    }
    print("median", Outcome.median(steps), Outcome.median(firsts));
    System.out.printf(
        Locale.ROOT,
        "%nSpread of a step, (max − min) / median: %.1f %%; of a first attack: %.1f %%%n",
        100 * spread(steps),
        100 * spread(firsts));
    return 0;
  }

  private static void print(String jvm, double step, double first) {
    System.out.printf(Locale.ROOT, "| %s | %.2f | %.0f |%n", jvm, step * 1e3, first * 1e3);
  }

  private static double spread(List<Double> values) {
    return (Outcome.most(values) - Outcome.least(values)) / Outcome.median(values);
  }
}
