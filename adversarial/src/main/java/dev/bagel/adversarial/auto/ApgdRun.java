package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Slope;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * One run of {@link Apgd} over a batch: where the examples are, where they have been best, and how
 * far they step. The rows that are worked on are those that have not arrived.
 */
final class ApgdRun {
  private static final float MOMENTUM = 0.75f; // a in Algorithm 1

  private final Apgd apgd;
  private final Classifier f;
  private final Tensor x0;
  private final Goal goal;
  private final Goal aim;
  private final Seeds seeds;
  private final int n;
  private final Norm norm;

  private final Rows x;
  private final Rows old;
  private final Rows g;
  private final Rows best; // the point of the largest surrogate, and what was seen there
  private final Rows gBest;
  private final float[] fBest;
  private final float[] f0; // the surrogate at the last point
  private final StepSizes sizes;
  private final boolean[] reached;
  private double epsilon;
  private boolean begun;
  private int asked; // how many times the gradient was asked for
  private Cost cost = Cost.NONE;

  ApgdRun(Apgd apgd, Classifier f, Tensor x0, Goal goal, Goal aim, Seeds seeds) {
    this.apgd = apgd;
    this.f = f;
    this.x0 = x0;
    this.goal = goal;
    this.aim = aim;
    this.seeds = seeds;
    this.norm = apgd.ball().norm();
    n = x0.shape().dim(0);
    x = new Rows(x0);
    old = new Rows(x0);
    g = new Rows(x0);
    best = new Rows(x0);
    gBest = new Rows(x0);
    fBest = new float[n];
    f0 = new float[n];
    sizes = new StepSizes(norm, apgd.rho(), n, x.width());
    reached = new boolean[n];
  }

  /**
   * Climbs within a radius: from a random point the first time, then from the best point of the
   * last radius.
   *
   * @param last whether a point that reaches the goal is a find
   */
  void climb(double radius, int steps, boolean last) {
    epsilon = radius;
    int[] rows = active();
    if (rows.length == 0 || radius == 0) {
      return;
    }
    start(rows);
    sizes.begin(steps, radius, apgd.wide() ? nonzero() : null);
    begun = true;
    look(rows, last);
    for (int i : rows) {
      note(i, true);
    }
    rows = shrunk(rows);
    for (int t = 0; t < steps && rows.length > 0 && !Limit.isOver(f); t++) {
      step(rows, t == 0);
      look(rows, last);
      for (int i : rows) {
        sizes.saw(i, g.value(i) > f0[i]);
        note(i, false);
      }
      if (sizes.isCheckpoint()) {
        check(rows);
      }
      rows = shrunk(rows);
    }
  }

  private int[] active() {
    int[] all = new int[n];
    Arrays.setAll(all, i -> i);
    return Arrays.stream(all).filter(i -> !reached[i]).toArray();
  }

  /** Without those that have arrived, once they are a quarter: every size has a plan of its own. */
  private int[] shrunk(int... rows) {
    int[] left = Arrays.stream(rows).filter(i -> !reached[i]).toArray();
    return 4 * left.length <= 3 * rows.length ? left : rows;
  }

  private void start(int... rows) {
    for (int i : rows) {
      if (!begun) {
        x.set(i, randomPoint(i));
      } else {
        x.copy(i, best);
      }
      if (norm == Norm.L1) {
        L1Box.project(x.array(), x0.array(), i * x.width(), x.width(), epsilon, f.bounds());
      }
      old.copy(i, x);
      best.copy(i, x);
    }
  }

  /** In ℓ∞ and ℓ2 anywhere in the ball; in ℓ1 normal noise, which the projection brings inside. */
  private float[] randomPoint(int i) {
    float[] delta = new float[x.width()];
    Rng rng = seeds.example(i).at("start");
    if (norm == Norm.L1) {
      for (int j = 0; j < delta.length; j++) {
        delta[j] = rng.gaussian(j);
      }
    } else {
      norm.sample(delta, epsilon, 1, rng);
    }
    for (int j = 0; j < delta.length; j++) {
      float moved = x0.get(i * delta.length + j) + delta[j];
      delta[j] = Math.min(f.bounds().high(), Math.max(f.bounds().low(), moved));
    }
    return delta;
  }

  /** Scores, surrogate and gradient where the rows are. */
  private void look(int[] rows, boolean last) {
    boolean exact = apgd.gradient() instanceof GradientSource.Exact;
    Seeds s = exact ? null : seeds.rows(rows).at("gradient").at(asked++);
    Slope slope = Slope.at(f, apgd.surrogate(), apgd.gradient(), x.tensor(rows), aim.rows(rows), s);
    Slopes.checkFinite(slope, apgd);
    cost = cost.plus(apgd.gradient().cost().plus(new Cost(0, exact ? 0 : 1)).times(count(rows)));
    boolean[] now = goal.rows(rows).reached(slope.scores());
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (reached[i]) {
        continue;
      }
      g.take(i, slope.gradient(), r, slope.values().get(r));
      if (last && now[r]) {
        reached[i] = true;
        best.copy(i, x);
      }
    }
  }

  private int count(int... rows) {
    return (int) Arrays.stream(rows).filter(i -> !reached[i]).count();
  }

  /** Remembers the point if it is the best so far. */
  private void note(int i, boolean first) {
    f0[i] = g.value(i);
    if (!reached[i] && (first || f0[i] > fBest[i])) {
      fBest[i] = f0[i];
      best.copy(i, x);
      gBest.copy(i, g);
    }
  }

  /** Algorithm 1, lines 7 and 8; in ℓ1 line 3 of the other Algorithm 1. */
  private void step(int[] rows, boolean first) {
    Shape flat = Shape.of(rows.length, x.width());
    Var at = Var.constant(x.tensor(rows).reshape(flat));
    Var origin = Var.constant(x0.rows(rows).reshape(flat));
    Var gradient = Var.constant(g.tensor(rows).reshape(flat));
    Var alpha = Var.constant(sizes.of(rows));
    Var next;
    if (norm == Norm.L1) {
      next = at.add(Norm.sparse(gradient, Var.constant(sizes.k(rows))).mul(alpha));
    } else {
      Var radius = Var.constant(Tensor.full(Shape.of(rows.length, 1), (float) epsilon));
      Var z = at.add(norm.ascent(gradient).mul(alpha));
      next = norm.confine(z.sub(origin), origin, radius, f.bounds());
      if (!first) {
        Var before = Var.constant(old.tensor(rows).reshape(flat));
        Var mixed = at.add(next.sub(at).mul(MOMENTUM)).add(at.sub(before).mul(1 - MOMENTUM));
        next = norm.confine(mixed.sub(origin), origin, radius, f.bounds());
      }
    }
    Tensor moved = next.value();
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (reached[i]) {
        continue;
      }
      old.copy(i, x);
      x.take(i, moved, r, 0);
      if (norm == Norm.L1) {
        L1Box.project(x.array(), x0.array(), i * x.width(), x.width(), epsilon, f.bounds());
      }
    }
  }

  /** Where the step size falls, in ℓ1 where the steps get sparser, it goes on from the best. */
  private void check(int... rows) {
    for (int i : rows) {
      if (!reached[i] && sizes.check(i, fBest[i], norm == Norm.L1 ? nonzero(i) : 0)) {
        x.copy(i, best);
        g.copy(i, gBest);
      }
    }
    sizes.next();
  }

  private int[] nonzero() {
    int[] counts = new int[n];
    Arrays.setAll(counts, this::nonzero);
    return counts;
  }

  private int nonzero(int i) {
    return best.different(i, x0);
  }

  Found found() {
    return new Found(best.tensor(), reached.clone(), cost);
  }
}
