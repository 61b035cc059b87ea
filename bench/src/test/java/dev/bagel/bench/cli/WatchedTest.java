package dev.bagel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.bench.cli.Watched.Tried;
import dev.bagel.bench.duel.Contestant;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Outcome;
import dev.bagel.bench.duel.Rounds;
import dev.bagel.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What a guard makes of contestants whose times are made up: the clock is theirs. */
class WatchedTest {
  private static final String TITLE = "work/scalar";
  private static final double USUAL = 4;
  private static final double PLAIN = 40_000; // nanoseconds of plain Java
  private static final double FAST = PLAIN / USUAL;
  private static final Machine HERE = new Machine("cpu", 2, "os", "java", 17, "2026-01-01", 1);
  private static final Optional<Baseline> BASELINE =
      Optional.of(new Baseline(HERE, "vector 512", Map.of(TITLE, USUAL)));

  private double now;

  /** Takes that long each time it runs. */
  private Contestant lasting(IntToDoubleFunction nanos) {
    int[] runs = {0};
    return () -> now += nanos.applyAsDouble(runs[0]++);
  }

  private double ratio(IntToDoubleFunction ours, IntToDoubleFunction theirs) {
    Match match = new Match(lasting(ours), lasting(theirs));
    Duel duel = new Duel("work", "scalar", 0, () -> match);
    Rounds rounds = new Rounds(9, 1e-4, 1e-3, 1);
    return Outcome.median(rounds.of(duel, () -> (long) now, () -> (long) now).ratios());
  }

  private Tried guarded(IntToDoubleFunction ours, IntToDoubleFunction theirs) {
    return Watched.ratio(TITLE, BASELINE).measured(attempt -> ratio(ours, theirs));
  }

  /** A time that others on the machine make longer or shorter, by 1.4 at most. */
  private static IntToDoubleFunction noisy(double nanos, Rng rng) {
    return run -> nanos * Math.pow(1.4, 2 * rng.uniform(run) - 1);
  }

  @Test
  void noiseDoesNotFail() {
    for (int seed = 0; seed < 50; seed++) {
      Rng rng = Rng.of(seed);
      Tried tried = guarded(noisy(FAST, rng.at("ours")), noisy(PLAIN, rng.at("theirs")));
      assertTrue(tried.isAllowed(), "seed " + seed + ": " + tried);
    }
  }

  @Test
  void vectorsOnTheHeapFailAfterThreeTries() {
    for (int factor : new int[] {10, 100}) {
      Rng rng = Rng.of(factor);
      Tried tried = guarded(noisy(factor * FAST, rng.at("ours")), noisy(PLAIN, rng.at("theirs")));
      assertFalse(tried.isAllowed(), tried.toString());
      assertEquals(3, tried.figures().size());
      assertTrue(tried.verdict().startsWith("FAILED"), tried.verdict());
    }
  }

  @Test
  void oneBadJvmDoesNotFail() {
    Tried tried =
        Watched.ratio(TITLE, BASELINE)
            .measured(attempt -> ratio(run -> attempt == 0 ? 10 * FAST : FAST, run -> PLAIN));
    assertTrue(tried.isAllowed());
    assertEquals("ok, at try 2", tried.verdict());
  }

  @Test
  void aMachineUnlikeTheBaselinesIsAskedForLess() {
    Watched watched = Watched.ratio(TITLE, Optional.empty());
    assertTrue(watched.measured(attempt -> ratio(run -> PLAIN, run -> PLAIN)).isAllowed());
    assertFalse(watched.measured(attempt -> ratio(run -> 10 * FAST, run -> PLAIN)).isAllowed());
    Baselines known = new Baselines(BASELINE.stream().toList());
    assertTrue(known.of(HERE, "vector 512").isPresent());
    assertTrue(known.of(HERE, "vector 256").isEmpty());
    Machine other = new Machine("another cpu", 2, "os", "java", 17, "2026-01-01", 1);
    assertTrue(known.of(other, "vector 512").isEmpty());
    Machine newer = new Machine("cpu", 2, "os", "java", 25, "2026-01-01", 1);
    assertTrue(known.of(newer, "vector 512").isEmpty());
  }

  @Test
  void aNewBaselineTakesThePlaceOfTheOldOne() {
    Baseline old = BASELINE.orElseThrow();
    Baseline again = new Baseline(HERE, "vector 512", Map.of(TITLE, 5.0));
    Baseline other = new Baseline(HERE, "vector 256", Map.of(TITLE, 2.0));
    Baselines all = new Baselines(List.of(old, other)).with(again);
    assertEquals(List.of(other, again), all.baselines());
  }

  @Test
  void aStepMayAllocateALittle() {
    Watched bytes = Watched.bytes("step");
    assertTrue(bytes.measured(attempt -> 2000).isAllowed());
    assertFalse(bytes.measured(attempt -> 451_776).isAllowed());
    assertFalse(bytes.measured(attempt -> Double.NaN).isAllowed());
  }

  @Test
  void theReportSaysWhatGotSlower() {
    GuardReport report = new GuardReport(HERE, "vector 512", BASELINE);
    report.add(guarded(run -> FAST, run -> PLAIN));
    assertTrue(report.complaint().isEmpty());
    report.add(guarded(run -> 10 * FAST, run -> PLAIN));
    assertEquals("1 of 2 items got worse: work/scalar 0.40 ×", report.complaint().orElseThrow());
    assertTrue(report.table().contains("FAILED: 10.0 times slower"), report.table());
  }

  @Test
  void theCommittedBaselinesCanBeRead() {
    Baselines.committed()
        .baselines()
        .forEach(b -> assertTrue(b.kernels().startsWith("vector"), b.toString()));
  }
}
