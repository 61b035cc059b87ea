package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.duel.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has a change made a fast loop slow? */
@Command(
    name = "guard",
    mixinStandardHelpOptions = true,
    description = {
      "Fails if a kernel or a step is much slower than it was, or if a replayed step allocates.",
      "",
      "A kernel is timed against plain Java in the same JVM, in turns, and the ratio must be at"
          + " least 60 %% of the baseline's, in one of three JVMs: a busy machine moves it by less,"
          + " and vectors that the compiler leaves on the heap by far more. On a machine unlike"
          + " those of the baselines (another processor, width of vectors or JDK) the ratio must be"
          + " at least 0.5. It takes two to three minutes."
    },
    footer = {
      "",
      "To make the baseline of a machine anew, in about five minutes, and then package again:",
      "  java -jar bench/target/benchmarks.jar guard \\",
      "    --write bench/src/main/resources/dev/bagel/bench/cli/baselines.json"
    })
final class GuardCommand implements Callable<Integer> {
  private static final String RIVAL = "scalar";
  private static final List<String> STEPS = List.of("pgd/madry-8", "pgd/madry-1", "train/madry-8");
  private static final int ROUNDS = 9;
  private static final int RUNS_OF_BASELINE = 3;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything there, too.")
  private Path json;

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Measure a baseline and put it in this file, beside those of other machines.")
  private Path write;

  private final FreshJvm jvm = FreshJvm.withOneThread();
  private final List<StepBytes> bytes = new ArrayList<>();

  /** Bytes by step. */
  private static final class StepBytes extends LinkedHashMap<String, Double> {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() throws IOException {
    Output.check(json);
    Output.check(write);
    Engine engine = jvm.ask(Engine.class, List.of("engine"));
    if (!engine.kernels().startsWith("vector")) {
      throw new Failure("nothing to guard, kernels are " + engine.reason());
    }
    if (write != null) {
      Output.write(write, Baselines.in(write).with(made(engine)));
      return 0;
    }
    Machine machine = Machine.here();
    var baseline = Baselines.committed().of(machine, engine.kernels());
    GuardReport report = new GuardReport(machine, engine.kernels(), baseline);
    System.out.println(report.heading());
    for (Duel duel : duels()) {
      Watched ratio = Watched.ratio(duel.title(), baseline);
      System.out.println(report.add(ratio.measured(attempt -> ratio(duel, attempt > 0))));
    }
    for (String step : STEPS) {
      Watched bytes = Watched.bytes("step of " + step);
      System.out.println(report.add(bytes.measured(attempt -> bytes(step, attempt))));
    }
    System.out.print(report.table());
    if (json != null) {
      Output.write(json, report.document());
    }
    report
        .complaint()
        .ifPresent(
            what -> {
              throw new Failure(what);
            });
    return 0;
  }

  private static List<Duel> duels() {
    return Opponent.all().stream()
        .flatMap(o -> o.duels().stream())
        .filter(d -> d.rival().equals(RIVAL))
        .toList();
  }

  /** A step has many loops to be compiled; a second try takes its time in any case. */
  private double ratio(Duel duel, boolean patient) {
    String warmUp = patient || STEPS.contains(duel.name()) ? "4" : "1";
    String rounds = String.valueOf(ROUNDS);
    List<String> command = List.of("duel", duel.title(), "--rounds", rounds, "--warm-up", warmUp);
    return Outcome.median(jvm.ask(Fought.class, command).outcome().ratios());
  }

  /** One JVM measures all steps, so later steps find the tries of earlier ones done. */
  private double bytes(String step, int attempt) {
    if (attempt == bytes.size()) {
      List<String> command = new ArrayList<>(STEPS);
      command.add(0, "step-bytes");
      bytes.add(jvm.ask(StepBytes.class, command));
    }
    return bytes.get(attempt).get(step);
  }

  /** The median of several JVMs. */
  private Baseline made(Engine engine) {
    Machine machine = Machine.here();
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (Duel duel : duels()) {
      List<Double> some = new ArrayList<>();
      for (int i = 0; i < RUNS_OF_BASELINE; i++) {
        some.add(ratio(duel, false));
      }
      double median = Math.round(100 * Outcome.median(some)) / 100.0;
      System.out.printf("%s: %s, of %s%n", duel.title(), median, some);
      ratios.put(duel.title(), median);
    }
    return new Baseline(machine, engine.kernels(), ratios);
  }
}
