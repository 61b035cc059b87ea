package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The least radius at which an attack in a ball succeeds, by bisection for every example: a minimal
 * attack made of any {@link BallAttack}.
 *
 * <p>The first run is in the attack's own ball, the largest that is looked at; each of the others
 * halves the interval between the largest radius that failed and the smallest that succeeded. After
 * {@code runs} of them it is ε · 2^(1−runs) wide: the resolution. Examples with the same interval
 * are attacked together, and no example more than {@code runs} times, so that the search costs at
 * most that many times what the attack does.
 *
 * <p>A success is then drawn in towards the input as far as it goes, by looking at the model only:
 * halving δ's length in the attack's norm ({@link Norm#project}). This costs no gradient, and often
 * gives more than the resolution.
 *
 * @param attack in the largest ball that is of interest
 * @param runs how many times an example is attacked, at most
 * @param halvings looks at the model that draw in what was found
 */
public record MinimalEpsilon(BallAttack attack, int runs, int halvings) implements MinimalAttack {
  public MinimalEpsilon {
    Settings.atLeast("runs", runs, 1);
    Settings.atLeast("halvings", halvings, 0);
  }

  /** Six runs: to 1/32 of the ball's radius. */
  public static MinimalEpsilon of(BallAttack attack) {
    return new MinimalEpsilon(attack, 6, 10);
  }

  public MinimalEpsilon runs(int runs) {
    return new MinimalEpsilon(attack, runs, halvings);
  }

  public MinimalEpsilon halvings(int halvings) {
    return new MinimalEpsilon(attack, runs, halvings);
  }

  /** The width of the interval that the least radius is known to be in, in input units. */
  public double resolution() {
    return attack.ball().epsilon() * Math.pow(2, 1 - runs);
  }

  @Override
  public Norm norm() {
    return attack.ball().norm();
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    boolean[] already = goal.reached(f.scores(x));
    int[] todo = IntStream.range(0, already.length).filter(i -> !already[i]).toArray();
    Intervals intervals = new Intervals(f, x, goal, seeds);
    for (int run = 0; run < runs && !Limit.isOver(f); run++) {
      intervals.run(todo);
    }
    Found coarse = intervals.found(already, new Cost(0, already.length));
    return DrawnIn.of(f, x, goal, norm(), halvings, coarse);
  }

  /** The intervals of a batch, in parts of the largest radius. */
  private final class Intervals {
    private final Classifier f;
    private final Tensor x;
    private final Goal goal;
    private final Seeds seeds;
    private final double[] failed;
    private final double[] succeeded;
    private final double[] next;
    private final boolean[] isFound;
    private Tensor best;
    private Cost cost = Cost.NONE;

    Intervals(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      this.f = f;
      this.x = x;
      this.goal = goal;
      this.seeds = seeds;
      int n = x.shape().dim(0);
      failed = new double[n];
      succeeded = new double[n];
      next = new double[n];
      isFound = new boolean[n];
      Arrays.fill(succeeded, Double.POSITIVE_INFINITY);
      Arrays.fill(next, 1);
      best = x;
    }

    /** Attacks every example in its own ball, those with the same one together. */
    void run(int[] todo) {
      Map<Double, int[]> byRadius = new TreeMap<>();
      for (int i : todo) {
        if (failed[i] < 1) { // who survives the largest ball is done
          byRadius.merge(next[i], new int[] {i}, MinimalEpsilon::joined);
        }
      }
      byRadius.forEach(this::run);
    }

    private void run(double share, int[] rows) {
      BallAttack here = attack.within(share * attack.ball().epsilon());
      Found found = here.on(f, x.rows(rows), goal.rows(rows), seeds.rows(rows));
      boolean[] sure = sure(found, rows);
      for (int r = 0; r < rows.length; r++) {
        int i = rows[r];
        if (sure[r]) {
          succeeded[i] = share;
        } else {
          failed[i] = share;
        }
        if (sure[r] || (found.success()[r] && !isFound[i])) {
          isFound[i] = true;
          best = best.withRows(new int[] {i}, found.x().slice(r, r + 1));
        }
        next[i] = (failed[i] + succeeded[i]) / 2;
      }
    }

    /**
     * What is found on the brink may be lost in another batch: that radius failed. Such a find
     * stays where there is no other.
     */
    private boolean[] sure(Found found, int... rows) {
      boolean[] sure = found.success().clone();
      int[] at = IntStream.range(0, sure.length).filter(r -> sure[r]).toArray();
      cost = cost.plus(found.cost()).plus(new Cost(0, at.length));
      if (at.length > 0) {
        int[] of = IntStream.of(at).map(r -> rows[r]).toArray();
        boolean[] still = Inquiry.surelyReached(goal.rows(of), f.scores(found.x().rows(at)));
        IntStream.range(0, at.length).forEach(j -> sure[at[j]] = still[j]);
      }
      return sure;
    }

    Found found(boolean[] already, Cost looks) {
      boolean[] success = already.clone();
      for (int i = 0; i < success.length; i++) {
        success[i] |= isFound[i];
      }
      return new Found(best, success, cost.plus(looks));
    }
  }

  private static int[] joined(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
