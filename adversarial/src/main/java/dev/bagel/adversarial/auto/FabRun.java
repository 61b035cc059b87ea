package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** One run of {@link Fab} over a batch: the nearest find of every example, and how near it is. */
final class FabRun {
  private static final int HALVINGS = 3; // of the last search: §2.4
  private static final double LEAST = 1e-8; // a distance, where 0 / 0 would be

  private final Fab fab;
  private final Classifier f;
  private final Tensor x0;
  private final Goal goal;
  private final Seeds seeds;
  private final double enough;
  private final Norm norm;
  private final Bounds bounds;
  private final int n;
  private final int d;
  private final Rows x;
  private final Rows best;
  private final double[] distance;
  private final int classes;
  private final Tensor scores; // of the inputs
  private final Hyperplane hyperplane;
  private final float[] wayOfX;
  private final float[] wayOfX0;
  private Cost cost;

  /**
   * A run.
   *
   * @param enough a find that is this near is near enough
   */
  FabRun(Fab fab, Classifier f, Tensor x0, Goal goal, Seeds seeds, double enough) {
    this.fab = fab;
    this.f = f;
    this.x0 = x0;
    this.goal = goal;
    this.seeds = seeds;
    this.enough = enough;
    norm = fab.norm();
    bounds = f.bounds();
    n = x0.shape().dim(0);
    x = new Rows(x0);
    best = new Rows(x0);
    d = x.width();
    hyperplane = new Hyperplane(norm, bounds, d);
    wayOfX = new float[d];
    wayOfX0 = new float[d];
    scores = f.scores(x0);
    classes = scores.shape().dim(1);
    cost = new Cost(0, n);
    distance = new double[n];
    boolean[] already = goal.reached(scores);
    for (int i = 0; i < n; i++) {
      distance[i] = already[i] ? 0 : Double.POSITIVE_INFINITY;
    }
  }

  /** Towards the class that was asked for, or the likeliest others in turn, or the nearest. */
  void toTargets() {
    int turns = goal instanceof Goal.Targeted || fab.targets() == 0 ? 1 : fab.targets();
    for (int t = 1; t <= Math.min(turns, classes - 1); t++) {
      for (int restart = 0; restart < fab.restarts(); restart++) {
        run(t, restart);
      }
    }
  }

  /** Algorithm 1. */
  private void run(int rank, int restart) {
    int[] rows = left(IntStream.range(0, n).toArray());
    start(rows, rank, restart);
    for (int t = 0; t < fab.steps() && rows.length > 0 && !Limit.isOver(f); t++) {
      Slope boundary = boundary(rows, rank);
      for (int r = 0; r < rows.length; r++) {
        step(rows[r], r, boundary);
      }
      keep(rows);
      int[] left = left(rows);
      rows = 4 * left.length <= 3 * rows.length ? left : rows; // every size has a plan of its own
    }
  }

  /** Those of the rows that could be nearer. */
  private int[] left(int... rows) {
    return Arrays.stream(rows).filter(i -> distance[i] > enough).toArray();
  }

  private void start(int[] rows, int rank, int restart) {
    for (int i : rows) {
      float[] delta = new float[d];
      if (restart > 0) {
        double known = Double.isInfinite(distance[i]) ? farthest() : distance[i];
        double radius = (enough > 0 ? Math.min(enough, known) : known) / 2;
        norm.sample(delta, radius, 1, seeds.example(i).at("start").at(rank).at(restart));
      }
      for (int j = 0; j < d; j++) {
        delta[j] = clip(x0.get(i * d + j) + delta[j]);
      }
      x.set(i, delta);
    }
  }

  /** A radius where none is known: a tenth of the box, in every element. */
  private double farthest() {
    float[] tenth = new float[d];
    Arrays.fill(tenth, (float) (Ball.reach(bounds) / 10));
    return norm.length(tenth);
  }

  private float clip(float v) {
    return Math.min(bounds.high(), Math.max(bounds.low(), v));
  }

  /** The boundary of each row, linearised where it is: values z_t − z_y, and their gradients w. */
  private Slope boundary(int[] rows, int rank) {
    int[] labels = goal.rows(rows).labels();
    if (goal instanceof Goal.Targeted || fab.targets() > 0) {
      return slope(
          rows,
          goal instanceof Goal.Targeted
              ? awayFromTheBest(rows)
              : Goal.targeted(labels, Rivals.of(scores.rows(rows), rank, labels)));
    }
    Slope nearest = null;
    for (int k = 1; k < classes; k++) {
      Slope next = slope(rows, Goal.targeted(labels, Rivals.of(scores.rows(rows), k, labels)));
      nearest = nearest == null ? next : nearer(nearest, next);
    }
    return nearest;
  }

  /** For a chosen class, the boundary to the class that is now taken for right. */
  private Goal awayFromTheBest(int... rows) {
    Goal.Targeted chosen = (Goal.Targeted) goal.rows(rows);
    int[] targets = chosen.targets();
    Tensor now = f.scores(x.tensor(rows));
    cost = cost.plus(new Cost(0, rows.length));
    return Goal.targeted(Rivals.of(now, 1, targets), targets);
  }

  private Slope slope(int[] rows, Goal aim) {
    Slope slope = Slope.at(f, Surrogate.difference(), x.tensor(rows), aim);
    Slopes.checkFinite(slope, fab);
    cost = cost.plus(new Cost(1, 0).times(left(rows).length));
    return slope;
  }

  /** For every row the boundary that is nearer, if all were straight and there were no box. */
  private Slope nearer(Slope a, Slope b) {
    int[] rows =
        IntStream.range(0, a.values().size())
            .filter(r -> straight(b, r) < straight(a, r))
            .toArray();
    return new Slope(
        a.scores(),
        a.values().withRows(rows, b.values().rows(rows)),
        a.gradient().withRows(rows, b.gradient().rows(rows)));
  }

  private double straight(Slope s, int r) {
    double dual = 0;
    for (int j = r * d; j < (r + 1) * d; j++) {
      double w = Math.abs(s.gradient().get(j));
      dual = norm == Norm.L1 ? Math.max(dual, w) : dual + (norm == Norm.L2 ? w * w : w);
    }
    return Math.abs(s.values().get(r)) / (1e-12 + (norm == Norm.L2 ? Math.sqrt(dual) : dual));
  }

  /** Algorithm 1, lines 6 to 9: Eq. (8) to (10). */
  private void step(int i, int r, Slope boundary) {
    float[] w = boundary.gradient().array();
    double value = boundary.values().get(r); // ⟨w, x⟩ − b
    double valueAtX0 = value;
    for (int j = 0; j < d; j++) {
      valueAtX0 -= (double) w[r * d + j] * (x.array()[i * d + j] - x0.get(i * d + j));
    }
    double a = Math.max(LEAST, way(x.array(), i, w, r, value, wayOfX));
    double a0 = Math.max(LEAST, way(x0.array(), i, w, r, valueAtX0, wayOfX0));
    double alpha = Math.min(a / (a + a0), fab.alphaMax());
    for (int j = 0; j < d; j++) {
      int at = i * d + j;
      double fromX = x.array()[at] + fab.eta() * wayOfX[j];
      double fromX0 = x0.get(at) + fab.eta() * wayOfX0[j];
      x.array()[at] = clip((float) ((1 - alpha) * fromX + alpha * fromX0));
    }
  }

  private double way(float[] from, int i, float[] w, int r, double value, float... way) {
    return hyperplane.way(from, i * d, w, r * d, value, way);
  }

  /** Algorithm 1, lines 10 to 14: keeps finds that are nearer, and goes back from all. */
  private void keep(int... rows) {
    boolean[] now = goal.rows(rows).reached(f.scores(x.tensor(rows)));
    cost = cost.plus(new Cost(0, left(rows).length));
    for (int r = 0; r < rows.length; r++) {
      int i = rows[r];
      if (now[r] && distance[i] > enough) {
        offer(i);
        for (int j = i * d; j < (i + 1) * d; j++) {
          x.array()[j] = (float) (x0.get(j) + (x.array()[j] - x0.get(j)) * fab.beta());
        }
      }
    }
  }

  private void offer(int i) {
    float[] delta = new float[d];
    for (int j = 0; j < d; j++) {
      delta[j] = x.array()[i * d + j] - x0.get(i * d + j);
    }
    double length = norm.length(delta);
    if (length < distance[i]) {
      distance[i] = length;
      best.copy(i, x);
    }
  }

  /** The last search: halves the way between the input and its find a few times. */
  void search() {
    int[] rows = left(IntStream.range(0, n).filter(i -> Double.isFinite(distance[i])).toArray());
    double[] low = new double[n];
    double[] high = new double[n];
    Arrays.fill(
        low,
        Math.max(0, 1 - 2 * (fab.eta() - 1))); // it went beyond the boundary by about that much
    Arrays.fill(high, 1);
    Tensor finds = best.tensor();
    for (int t = 0; t < HALVINGS && rows.length > 0 && !Limit.isOver(f); t++) {
      for (int i : rows) {
        float s = (float) ((low[i] + high[i]) / 2);
        for (int j = i * d; j < (i + 1) * d; j++) {
          x.array()[j] = x0.get(j) + (finds.get(j) - x0.get(j)) * s;
        }
      }
      boolean[] now = goal.rows(rows).reached(f.scores(x.tensor(rows)));
      cost = cost.plus(new Cost(0, rows.length));
      for (int r = 0; r < rows.length; r++) {
        int i = rows[r];
        double middle = (low[i] + high[i]) / 2;
        if (now[r]) {
          offer(i);
        }
        low[i] = now[r] ? low[i] : middle;
        high[i] = now[r] ? middle : high[i];
      }
    }
  }

  Found found() {
    boolean[] success = new boolean[n];
    for (int i = 0; i < n; i++) {
      success[i] = distance[i] < Double.POSITIVE_INFINITY;
    }
    return new Found(best.tensor(), success, cost);
  }
}
