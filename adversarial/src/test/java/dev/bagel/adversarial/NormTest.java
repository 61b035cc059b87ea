package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class NormTest {
  private static final int CASES = 10_000;

  /** Rows of one length with their radii. */
  private record Rows(Tensor delta, Tensor epsilon) {
    int n() {
      return delta.shape().dim(0);
    }

    float[] row(Tensor t, int r) {
      return t.slice(r, r + 1).toArray();
    }
  }

  /** Zeros, ties, lengths from 10⁻⁶ to 10¹⁰, radii from 0 on. */
  private static Rows rows(Norm norm, int n, int d, Rng rng) {
    float[] delta = new float[n * d];
    float[] epsilon = new float[n];
    for (int r = 0; r < n; r++) {
      Rng row = rng.at(r);
      boolean coarse = row.below(0, 3) == 0; // few values: ties and zeros
      double scale = Math.pow(10, row.below(1, 5) == 0 ? row.below(2, 17) - 6 : 0);
      for (int j = 0; j < d; j++) {
        float v = row.at("v").gaussian(j);
        delta[r * d + j] = (float) (scale * (coarse ? Math.round(v) : v));
      }
      boolean point = row.below(3, 10) == 0;
      epsilon[r] =
          point ? 0 : norm == Norm.L0 ? row.below(4, d + 2) : (float) (3 * row.uniformDouble(5));
    }
    return new Rows(Tensor.of(Shape.of(n, d), delta), Tensor.of(Shape.of(n, 1), epsilon));
  }

  private static Tensor project(Norm norm, Tensor delta, Tensor epsilon) {
    return norm.project(Var.constant(delta), Var.constant(epsilon)).value();
  }

  @ParameterizedTest
  @EnumSource
  void projectionNeverLeavesTheBall(Norm norm, Rng rng) {
    for (int d : new int[] {1, 2, 7, 40, 300}) {
      Rows rows = rows(norm, CASES / 5, d, rng.at(d));
      Tensor p = project(norm, rows.delta, rows.epsilon);
      assertEquals(-1, p.firstNotFinite());
      for (int r = 0; r < rows.n(); r++) {
        float epsilon = rows.epsilon.get(r);
        double most = norm == Norm.L0 ? epsilon : epsilon * (1 + 1e-6) + 1e-6;
        assertTrue(norm.length(rows.row(p, r)) <= most, norm + ": row " + r + " of " + d);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void projectingTwiceIsProjectingOnce(Norm norm, Rng rng) {
    Rows rows = rows(norm, 1000, 20, rng);
    Tensor once = project(norm, rows.delta, rows.epsilon);
    Tensor twice = project(norm, once, rows.epsilon);
    for (int i = 0; i < once.size(); i++) {
      assertEquals(once.get(i), twice.get(i), 2e-6 * (1 + Math.abs(once.get(i))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsInsideStaysAsItIs(Norm norm, Rng rng) {
    Tensor delta = Tensor.gaussian(Shape.of(500, 12), rng);
    float[] epsilon = new float[500];
    for (int r = 0; r < 500; r++) {
      double length = norm.length(delta.slice(r, r + 1).toArray());
      epsilon[r] = (float) (norm == Norm.L0 ? length : length * 1.0001);
    }
    assertEquals(delta, project(norm, delta, Tensor.of(Shape.of(500, 1), epsilon)));
  }

  /** The reference is written for one row, in double, without sorting. */
  @ParameterizedTest
  @EnumSource
  void projectionIsTheNearestPoint(Norm norm, Rng rng) {
    Rows rows = rows(norm, 2000, 5, rng);
    Tensor p = project(norm, rows.delta, rows.epsilon);
    for (int r = 0; r < rows.n(); r++) {
      float[] delta = rows.row(rows.delta, r);
      double[] nearest = nearest(norm, delta, rows.epsilon.get(r));
      double size = 1 + Norm.LINF.length(delta);
      double here = squaredDistance(delta, doubles(rows.row(p, r)));
      double there = squaredDistance(delta, nearest);
      assertEquals(there, here, 1e-6 * size * size);
      if (norm != Norm.L0) { // of elements that tie, any may go
        assertArrayEquals(nearest, doubles(rows.row(p, r)), 2e-7 * size);
      }
    }
  }

  private static double[] nearest(Norm norm, float[] delta, double epsilon) {
    double[] x = doubles(delta);
    return switch (norm) {
      case LINF -> Arrays.stream(x).map(v -> Math.max(-epsilon, Math.min(epsilon, v))).toArray();
      case L2 -> {
        double length = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
        yield length <= epsilon ? x : Arrays.stream(x).map(v -> v * epsilon / length).toArray();
      }
      case L1 -> shrunk(x, epsilon);
      case L0 -> bestSubset(x, (int) epsilon);
    };
  }

  /** Finds the amount to shrink by with bisection. */
  private static double[] shrunk(double[] x, double epsilon) {
    if (Arrays.stream(x).map(Math::abs).sum() <= epsilon) {
      return x;
    }
    double low = 0;
    double high = Arrays.stream(x).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < 200; i++) {
      double theta = (low + high) / 2;
      double sum = Arrays.stream(x).map(v -> Math.max(0, Math.abs(v) - theta)).sum();
      low = sum > epsilon ? theta : low;
      high = sum > epsilon ? high : theta;
    }
    double theta = high;
    return Arrays.stream(x).map(v -> Math.signum(v) * Math.max(0, Math.abs(v) - theta)).toArray();
  }

  /** Tries every subset of at most k elements. */
  private static double[] bestSubset(double[] x, int k) {
    double[] best = new double[x.length];
    double kept = 0;
    for (int set = 0; set < 1 << x.length; set++) {
      int mask = set;
      double[] y =
          IntStream.range(0, x.length).mapToDouble(j -> (mask >> j & 1) == 1 ? x[j] : 0).toArray();
      double energy = Arrays.stream(y).map(v -> v * v).sum();
      if (Integer.bitCount(set) <= k && energy > kept) {
        kept = energy;
        best = y;
      }
    }
    return best;
  }

  private static double squaredDistance(float[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> (a[j] - b[j]) * (a[j] - b[j])).sum();
  }

  private static double[] doubles(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }

  @ParameterizedTest
  @EnumSource
  void confiningEndsInBallAndBox(Norm norm, Rng rng) {
    for (Bounds bounds : new Bounds[] {Bounds.UNIT, new Bounds(-2.118f, 2.64f), Bounds.NONE}) {
      boolean open = bounds.equals(Bounds.NONE);
      int d = 30;
      Rows rows = rows(norm, 1000, d, rng.at("rows"));
      Tensor origin =
          Tensor.uniform(
              rows.delta.shape(), open ? -1 : bounds.low(), open ? 1 : bounds.high(), rng);
      Tensor x =
          norm.confine(
                  Var.constant(rows.delta),
                  Var.constant(origin),
                  Var.constant(rows.epsilon),
                  bounds)
              .value();
      bounds.check(x);
      double[] distances = Ball.distances(norm, x, origin);
      for (int r = 0; r < rows.n(); r++) {
        float epsilon = rows.epsilon.get(r);
        double rounding = norm == Norm.L0 ? 0 : 1e-6 * epsilon + 4e-7 * d;
        assertTrue(distances[r] <= epsilon + rounding, bounds + ": " + distances[r]);
      }
    }
  }

  /** ℓ0 is the norm whose ball and box cannot be visited one after the other. */
  @ParameterizedTest
  @EnumSource(names = "L0")
  void confiningIsTheNearestPointOfBallAndBox(Norm norm, Rng rng) {
    int d = 6;
    Tensor delta = Tensor.gaussian(Shape.of(500, d), rng.at("delta")).mul(2);
    Tensor origin = Tensor.uniform(Shape.of(500, d), 0, 1, rng);
    Tensor k = Tensor.full(Shape.of(500, 1), 2);
    Tensor x =
        norm.confine(Var.constant(delta), Var.constant(origin), Var.constant(k), Bounds.UNIT)
            .value();
    for (int r = 0; r < 500; r++) {
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < i; j++) {
          best = Math.min(best, distance(delta, origin, r, i, j));
        }
      }
      double here = 0;
      for (int j = r * d; j < (r + 1) * d; j++) {
        here += Math.pow(origin.get(j) + delta.get(j) - x.get(j), 2);
      }
      assertEquals(best, here, 1e-5);
    }
  }

  /** How far origin + delta is from the box if only elements i and j may differ from the origin. */
  private static double distance(Tensor delta, Tensor origin, int r, int i, int j) {
    int d = delta.shape().dim(1);
    double sum = 0;
    for (int e = 0; e < d; e++) {
      double o = origin.get(r * d + e);
      double x = o + delta.get(r * d + e);
      double near = e == i || e == j ? Math.min(1, Math.max(0, x)) : o;
      sum += (x - near) * (x - near);
    }
    return sum;
  }

  /** max ⟨d, g⟩ over the unit ball is the dual norm of g: ℓ1 for ℓ∞, ℓ2, ℓ∞ for ℓ1. */
  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void ascentIsSteepest(Norm norm, Rng rng) {
    Tensor g = Tensor.gaussian(Shape.of(200, 150), rng);
    Tensor ascent = norm.ascent(Var.constant(g)).value();
    for (int r = 0; r < 200; r++) {
      Tensor gr = g.slice(r, r + 1);
      Tensor ar = ascent.slice(r, r + 1);
      Norm dual = norm == Norm.LINF ? Norm.L1 : norm == Norm.L2 ? Norm.L2 : Norm.LINF;
      double most = dual.length(gr.toArray());
      assertEquals(1, norm.length(ar.toArray()), 1e-6);
      assertEquals(most, gr.dot(ar), 1e-5 * most);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "L1")
  void ascentInManyDimensionsIsAlongTheLargestHundredth(Norm norm, Rng rng) {
    Tensor g = Tensor.gaussian(Shape.of(20, 784), rng);
    Tensor ascent = norm.ascent(Var.constant(g)).value();
    for (int r = 0; r < 20; r++) {
      float[] row = ascent.slice(r, r + 1).toArray();
      assertEquals(7, (int) Norm.L0.length(row));
      assertEquals(1, norm.length(row), 1e-6);
      double most = Norm.LINF.length(g.slice(r, r + 1).toArray());
      assertTrue(g.slice(r, r + 1).dot(ascent.slice(r, r + 1)) > 0.6 * most);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aZeroGradientLeadsNowhere(Norm norm) {
    Tensor zero = Tensor.zeros(Shape.of(2, 30));
    assertEquals(zero, norm.ascent(Var.constant(zero)).value().abs());
  }

  /** A saturated model's gradient: its squares are below the smallest float. */
  @ParameterizedTest
  @EnumSource
  void aTinyGradientLeadsWhereItsMultipleDoes(Norm norm, Rng rng) {
    Tensor g = Tensor.gaussian(Shape.of(50, 30), rng);
    Tensor tiny = norm.ascent(Var.constant(g.mul(1e-30f))).value();
    Tensor ascent = norm.ascent(Var.constant(g)).value();
    for (int i = 0; i < g.size(); i++) {
      assertEquals(ascent.get(i), tiny.get(i), 1e-5);
    }
  }

  // ---- random points
  // ------------------------------------------------------------------------------

  private static float[] sample(Norm norm, int d, double epsilon, Rng rng) {
    float[] delta = new float[d];
    norm.sample(delta, epsilon, 1, rng);
    return delta;
  }

  @ParameterizedTest
  @EnumSource
  void randomPointsAreInTheBall(Norm norm, Rng rng) {
    for (int i = 0; i < CASES; i++) {
      int d = 1 + rng.below(i, 40);
      double epsilon = norm == Norm.L0 ? i % (d + 2) : i % 10 == 0 ? 0 : 3 * rng.uniformDouble(i);
      double length = norm.length(sample(norm, d, epsilon, rng.at(i)));
      assertTrue(length <= epsilon * (1 + 1e-6), norm + " " + length + " of " + epsilon);
    }
  }

  /** With density the same everywhere, (‖δ‖/ε)^D is uniform in 0 … 1, and signs do not matter. */
  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void randomPointsAreUniformInTheBall(Norm norm, Rng rng) {
    int d = 4;
    double[] u = new double[CASES];
    double mean = 0;
    double square = 0;
    for (int i = 0; i < CASES; i++) {
      float[] delta = sample(norm, d, 2, rng.at(i));
      u[i] = Math.pow(norm.length(delta) / 2, d);
      mean += delta[1] / CASES;
      square += delta[0] * delta[0] / CASES - delta[3] * delta[3] / CASES;
    }
    Arrays.sort(u);
    double worst = 0; // Kolmogorov's distance
    for (int i = 0; i < CASES; i++) {
      worst = Math.max(worst, Math.abs(u[i] - (i + 0.5) / CASES));
    }
    assertTrue(worst < 2.6 / Math.sqrt(CASES), norm + ": " + worst); // by chance once in 10⁵
    assertEquals(0, mean, 5 * 2 / Math.sqrt(CASES));
    assertEquals(0, square, 5 * 4 / Math.sqrt(CASES));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDrawnDependsOnTheExampleAlone(Norm norm, Rng rng) {
    double epsilon = norm == Norm.L0 ? 5 : 0.3;
    Pgd noise = Pgd.noise(new Ball(norm, epsilon));
    Tensor x = Tensor.uniform(Shape.of(9, 20), 0.4f, 0.6f, rng);
    int[] labels = new int[9];
    Linear linear = Linear.random(2, 20, rng);
    Seeds seeds = new Seeds(rng, IntStream.range(100, 109).toArray());
    Tensor all = noise.run(linear.in(Bounds.UNIT), x, Goal.untargeted(labels), seeds).x();
    int[] some = {7, 2};
    Tensor two =
        noise
            .run(
                linear.in(Bounds.UNIT), x.rows(some), Goal.untargeted(new int[2]), seeds.rows(some))
            .x();
    assertEquals(all.rows(some), two);
    assertNotEquals(all.slice(0, 1).sub(x.slice(0, 1)), all.slice(1, 2).sub(x.slice(1, 2)));
  }
}
