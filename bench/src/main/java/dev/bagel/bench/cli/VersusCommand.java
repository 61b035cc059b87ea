package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Bagel against its rivals, each duel in a JVM of its own. */
@Command(
    name = "versus",
    mixinStandardHelpOptions = true,
    description =
        "Runs duels and prints a table: how many times faster Bagel is, as the median of rounds in"
            + " which both alternate. One thread is measured in CPU time, more on the wall's"
            + " clock.",
    footer = {
      "",
      "Examples:",
      "  java -jar rivals.jar versus gemm pgd/madry-64 --threads 1",
      "  java -jar rivals.jar versus 'conv-*/*/pytorch' --threads 1,2 --json conv.json"
    })
final class VersusCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATTERN",
      arity = "0..*",
      description = "Which duels: leading parts of names, with * for anything (default: all).")
  private List<String> patterns = List.of("*");

  @Option(names = "--list", description = "List the duels and run none.")
  private boolean list;

  @Mixin private RoundsOptions rounds;

  @Option(
      names = "--allocator",
      paramLabel = "HOW",
      defaultValue = "KEEPING",
      description =
          "What glibc does with memory that natives free: ${COMPLETION-CANDIDATES}; rivals are"
              + " faster if it keeps it (default: ${DEFAULT-VALUE}).")
  private Allocator allocator;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything there, too.")
  private Path json;

  @Option(names = "--markdown", paramLabel = "FILE", description = "Write the table there, too.")
  private Path markdown;

  private enum Allocator {
    KEEPING,
    DEFAULT
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "With how many threads, one table for each (default: those of this JVM).")
  private List<Integer> threads = List.of(Parallel.threads());

  @Spec private CommandSpec spec;

  private final List<VersusReport> reports = new ArrayList<>();
  private int failed;

  @Override
  public Integer call() throws IOException {
    List<Duel> duels = chosen();
    if (list) {
      duels.forEach(d -> System.out.println(d.title()));
      return 0;
    }
    if (threads.stream().anyMatch(n -> n < 1)) {
      throw new WrongUse("--threads " + threads + ": at least 1");
    }
    List<String> how = rounds.arguments();
    Output.check(json);
    Output.check(markdown);
    final long begin = System.nanoTime();
    for (int n : threads) {
      fight(duels, n, how);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    if (json != null) {
      Output.write(json, reports.stream().map(VersusReport::document).toList());
    }
    if (markdown != null) {
      Files.writeString(markdown, text(took));
    }
    if (failed > 0) {
      throw new Failure(failed + " of " + duels.size() * threads.size() + " duels failed");
    }
    return 0;
  }

  private void fight(List<Duel> duels, int n, List<String> how) {
    FreshJvm jvm = FreshJvm.forRivals(allocator == Allocator.KEEPING, n);
    VersusReport report = new VersusReport(Machine.here(), n, jvm.environment());
    reports.add(report);
    System.out.println(report.heading());
    for (Duel duel : duels) {
      try {
        System.out.println(report.add(jvm.ask(Fought.class, command(duel, how))));
      } catch (Failure e) {
        System.err.println("bench: " + duel.title() + ": " + e.getMessage());
        failed++;
      }
    }
    System.out.println(report.footing());
  }

  /** The file that says by itself what it is and how it came about. */
  private String text(Duration took) {
    StringBuilder text = new StringBuilder("# Bagel and its rivals\n\nMade by\n\n```\njava -jar ");
    text.append(Path.of(System.getProperty("java.class.path")).normalize());
    for (String argument : spec.commandLine().getParseResult().originalArgs()) {
      boolean plain = argument.matches("[\\w./:=,@-]+");
      text.append(' ').append(plain ? argument : "'" + argument + "'");
    }
    text.append("\n```\n\nin %d minutes.\n\n".formatted((took.toSeconds() + 59) / 60));
    text.append(VersusReport.LEGEND);
    reports.forEach(r -> text.append('\n').append(r.markdown()));
    return text.toString();
  }

  private static List<String> command(Duel duel, List<String> how) {
    List<String> command = new ArrayList<>(List.of("duel", duel.title()));
    command.addAll(how);
    return command;
  }

  private List<Duel> chosen() {
    List<Duel> all = Opponent.all().stream().flatMap(o -> o.duels().stream()).toList();
    List<Duel> chosen = new ArrayList<>();
    for (String pattern : patterns) {
      Pattern regex = Pattern.compile("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E(/.*)?");
      List<Duel> some = all.stream().filter(d -> regex.matcher(d.title()).matches()).toList();
      if (some.isEmpty()) {
        throw new WrongUse("no duel " + pattern + ", see versus --list");
      }
      some.stream().filter(d -> !chosen.contains(d)).forEach(chosen::add);
    }
    Map<String, List<Duel>> byWork = new LinkedHashMap<>(); // rivals in the same work side by side
    chosen.forEach(d -> byWork.computeIfAbsent(d.name(), name -> new ArrayList<>()).add(d));
    return byWork.values().stream().flatMap(List::stream).toList();
  }
}
