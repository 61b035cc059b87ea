package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How what an attack found comes to lie on a {@link Lattice}.
 *
 * @param ball which it does not leave
 * @param sparse whether elements move one at a time
 * @param surrogate what is climbed where rounding undid a success
 * @param x0 the unperturbed batch
 */
record Settling(
    Lattice lattice,
    Ball ball,
    boolean sparse,
    Surrogate surrogate,
    Classifier f,
    Tensor x0,
    Goal goal) {
  private static final int REPAIRS = 20;

  Found settled(Found found) {
    Tensor x = rounded(found.x(), x0);
    Cost cost = found.cost().plus(new Cost(0, goal.size()));
    Found now = new Found(x, goal.reached(f.scores(x)), cost);
    int[] lost = lost(found, now);
    for (int t = 0; t < REPAIRS && lost.length > 0 && !Limit.isOver(f); t++) {
      now = repaired(now, lost);
      lost = lost(found, now);
    }
    return now;
  }

  /** Where rounding undid a success; what never was one is left to the attack. */
  private static int[] lost(Found before, Found now) {
    return IntStream.range(0, now.success().length)
        .filter(i -> before.success()[i] && !now.success()[i])
        .toArray();
  }

  /** One step from level to level for some of the examples. */
  private Found repaired(Found now, int... left) {
    int[] padded = padded(left);
    Tensor at = now.x().rows(padded);
    Tensor origin = x0.rows(padded);
    Goal wanted = goal.rows(padded);
    Tensor g = Slope.at(f, surrogate, at, wanted).gradient();
    Tensor step = sparse ? oneElement(g, at, origin) : ascent(g, at);
    Tensor moved = ball.nearest(at.add(step), origin, f.bounds());
    Tensor next = rounded(moved, origin);
    boolean[] reached = wanted.reached(f.scores(next));
    boolean[] success = now.success().clone();
    for (int i = 0; i < left.length; i++) {
      success[left[i]] = reached[i];
    }
    Cost cost = now.cost().plus(new Cost(1, 1).times(left.length));
    return new Found(now.x().withRows(left, next.slice(0, left.length)), success, cost);
  }

  /** The first example again and again behind the rest: few sizes of a batch need few plans. */
  private static int[] padded(int... rows) {
    int size = 1 << (Integer.SIZE - Integer.numberOfLeadingZeros(rows.length - 1));
    int[] padded = Arrays.copyOf(rows, size);
    Arrays.fill(padded, rows.length, size, rows[0]);
    return padded;
  }

  private float oneLevel() {
    return lattice.value(1, f.bounds()) - f.bounds().low();
  }

  /** The norm's ascent, with one level for its largest element. */
  private Tensor ascent(Tensor g, Tensor x) {
    Shape rows = Shape.of(x.shape().dim(0), x.size() / x.shape().dim(0));
    Norm norm = ball.norm();
    Var at = Var.constant(x.reshape(rows));
    Var u = norm.ascent(norm.movable(Var.constant(g.reshape(rows)), at, f.bounds()));
    Var largest = Norm.LINF.length(u).max(Norm.TINY);
    return u.div(largest).mul(oneLevel()).value().reshape(x.shape());
  }

  /**
   * One level up the steepest element that has changed and can go farther; where there is none, up
   * the steepest of all that can.
   */
  private Tensor oneElement(Tensor g, Tensor x, Tensor origin) {
    int d = x.size() / x.shape().dim(0);
    float[] step = new float[x.size()];
    for (int row = 0; row < x.size(); row += d) {
      int best = -1;
      for (int i = row; i < row + d; i++) {
        best = best < 0 || rank(g, x, origin, i) > rank(g, x, origin, best) ? i : best;
      }
      step[best] = Math.signum(g.get(best)) * oneLevel();
    }
    return Tensor.wrap(x.shape(), step);
  }

  /** Changed elements before all others, and none that is at its side of the box. */
  private double rank(Tensor g, Tensor x, Tensor origin, int i) {
    Bounds b = f.bounds();
    boolean stuck = g.get(i) > 0 ? x.get(i) >= b.high() : x.get(i) <= b.low();
    double slope = stuck ? 0 : Math.abs(g.get(i));
    return x.get(i) != origin.get(i) && slope > 0 ? 2 + Math.tanh(slope) : Math.tanh(slope);
  }

  /**
   * The nearest points of the lattice that are in the ball; where the nearest ones are not, those
   * on the side of the origin, which are nearer to it in every norm. Filling the ball to its border
   * instead, with as many elements rounded outwards as fit, left no room for the steps that follow,
   * and kept fewer examples of ℓ2 (131 of 160 instead of 144).
   */
  private Tensor rounded(Tensor x, Tensor origin) {
    int n = x.shape().dim(0);
    int d = n == 0 ? 0 : x.size() / n;
    float[] points = new float[x.size()];
    float[] delta = new float[d];
    double allowed = ball.allowed(origin);
    for (int i = 0; i < n; i++) {
      for (boolean inwards : new boolean[] {false, true}) {
        for (int j = 0; j < d; j++) {
          float from = origin.get(i * d + j);
          points[i * d + j] = rounded(x.get(i * d + j), from, inwards);
          delta[j] = points[i * d + j] - from;
        }
        if (ball.norm().length(delta) <= allowed) {
          break;
        }
      }
    }
    return Tensor.wrap(x.shape(), points);
  }

  private float rounded(float v, float origin, boolean inwards) {
    Bounds bounds = f.bounds();
    int from = lattice.level(origin, bounds);
    double exact = lattice.exactLevel(v, bounds);
    double half = inwards ? lattice.near(bounds) : 0.5;
    int steps = (int) Math.floor(Math.abs(exact - from) + half);
    int to = Math.max(0, Math.min(lattice.levels(), exact < from ? from - steps : from + steps));
    return to == from ? origin : lattice.value(to, bounds);
  }
}
