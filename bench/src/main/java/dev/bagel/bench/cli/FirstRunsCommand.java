package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.bench.duel.Clock;
import dev.bagel.bench.duel.Outcome;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.kernel.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One fresh start: what {@link FreshStartsCommand} starts. */
@Command(name = "first-runs", hidden = true, description = "Attacks from a cold start.")
final class FirstRunsCommand implements Callable<Integer> {
  private static final double WARM_UP = 5; // seconds
  private static final int ROUNDS = 15;

  @Parameters(paramLabel = "WORK")
  private String name;

  @Override
  public Integer call() throws Exception {
    Workload work = Workload.named(name);
    long start = System.nanoTime();
    work.attacked(Workload.STEPS);
    final double first = (System.nanoTime() - start) / 1e9;
    while (System.nanoTime() - start < WARM_UP * 1e9) {
      work.attacked(Workload.STEPS);
    }
    Clock clock = Clock.forThreads(Parallel.threads());
    List<Double> steps = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      long begin = clock.nanos();
      work.attacked(Workload.STEPS);
      steps.add((clock.nanos() - begin) / 1e9 / Workload.STEPS);
    }
    FirstRuns runs = new FirstRuns(first, Outcome.median(steps));
    System.out.println(new ObjectMapper().writeValueAsString(runs));
    return 0;
  }
}
