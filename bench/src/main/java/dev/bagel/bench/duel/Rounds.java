package dev.bagel.bench.duel;

import dev.bagel.bench.duel.Contestant.Staged;
import dev.bagel.bench.duel.Duel.Match;
import java.util.ArrayList;
import java.util.List;

/**
 * How a duel is fought: answers are compared, both sides warm up in turns, and then they alternate
 * in short rounds. A machine that other people use gets slower and faster over seconds; two
 * neighbouring rounds see the same machine, so the quotient of their times is worth more than
 * either of them.
 *
 * @param count rounds of each side
 * @param seconds how long a round lasts at least; work that takes longer is done once in a round
 * @param warmUp seconds of work of each side before the first round, and three runs at least
 * @param budget seconds after which no more rounds are begun, if there have been five
 */
public record Rounds(int count, double seconds, double warmUp, double budget) {
  /** Eleven rounds of 50 ms after two seconds. */
  public static final Rounds USUAL = new Rounds(11, 0.05, 2, 60);

  private static final int LEAST = 5;
  private static final int WARM_UP_RUNS = 3;

  public Rounds {
    if (count < 1 || !(seconds > 0) || !(warmUp >= 0) || !(budget > 0)) {
      throw new IllegalArgumentException(
          "%d rounds of %s s after %s s of warm-up: positive numbers"
              .formatted(count, seconds, warmUp));
    }
  }

  /**
   * Fights.
   *
   * @param threads how many work; one is measured in CPU time
   * @throws Disagreement if the answers differ
   */
  public Outcome of(Duel duel, int threads) {
    return of(duel, Clock.forThreads(threads), Clock.WALL);
  }

  /**
   * Fights by given clocks.
   *
   * @param clock tells what a run costs
   * @param wall tells when a round has lasted long enough
   */
  public Outcome of(Duel duel, Clock clock, Clock wall) {
    Match match = duel.match().get();
    match.agreements().forEach(Agreement::check);
    warm(match, wall);
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    long begin = wall.nanos();
    while (ours.size() < count && (ours.size() < LEAST || wall.nanos() - begin < budget * 1e9)) {
      ours.add(round(match.ours(), clock, wall, seconds));
      theirs.add(round(match.theirs(), clock, wall, seconds));
    }
    match.agreements().forEach(Agreement::check); // what the compiler made of it is still right
    return new Outcome(duel.name(), duel.rival(), duel.flops(), ours, theirs);
  }

  /** In slices, so that neither side's code is compiled while the other's has never run. */
  private void warm(Match match, Clock wall) {
    double slice = Math.max(warmUp / 8, seconds);
    long begin = wall.nanos();
    for (int runs = 0; runs < WARM_UP_RUNS || wall.nanos() - begin < 2 * warmUp * 1e9; runs++) {
      round(match.ours(), wall, wall, slice);
      round(match.theirs(), wall, wall, slice);
    }
  }

  /** Seconds of one run, averaged over a round. */
  private static double round(Contestant contestant, Clock clock, Clock wall, double seconds) {
    long end = wall.nanos() + (long) (seconds * 1e9);
    long timed = 0;
    int runs = 0;
    if (contestant instanceof Staged staged) {
      do {
        staged.prepare();
        long start = clock.nanos();
        staged.run();
        timed += clock.nanos() - start;
        staged.tidy();
        runs++;
      } while (wall.nanos() < end);
    } else {
      long start = clock.nanos();
      do {
        contestant.run();
        runs++;
      } while (wall.nanos() < end);
      timed = clock.nanos() - start;
    }
    return timed / 1e9 / runs;
  }
}
