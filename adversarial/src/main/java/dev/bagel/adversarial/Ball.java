package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * An ℓp ball around every input: where an attack may look.
 *
 * @param norm what distance means
 * @param epsilon the radius, in input units (ℓ0: the number of elements that may change)
 */
public record Ball(Norm norm, double epsilon) {
  private static final double TOLERANCE = 1e-5; // of the radius
  private static final float ROUNDING = 1e-7f; // of every element, relative to the largest

  public Ball {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException(
          "ε = " + epsilon + ": a radius is a number from 0 on, in input units");
    }
  }

  public static Ball linf(double epsilon) {
    return new Ball(Norm.LINF, epsilon);
  }

  public static Ball l2(double epsilon) {
    return new Ball(Norm.L2, epsilon);
  }

  public static Ball l1(double epsilon) {
    return new Ball(Norm.L1, epsilon);
  }

  public static Ball l0(int elements) {
    return new Ball(Norm.L0, elements);
  }

  public Ball withEpsilon(double epsilon) {
    return new Ball(norm, epsilon);
  }

  /**
   * The nearest points, in the Euclidean sense, that are in the balls around {@code origin} and are
   * valid inputs: [N, …]² → [N, …].
   */
  public Tensor nearest(Tensor x, Tensor origin, Bounds bounds) {
    int n = x.shape().dim(0);
    if (n == 0) {
      return x;
    }
    Shape rows = Shape.of(n, x.size() / n);
    Var from = Var.constant(origin.reshape(rows));
    Var delta = Var.constant(x.reshape(rows)).sub(from);
    Var radius = Var.constant(Tensor.full(Shape.of(n, 1), (float) epsilon));
    return norm.confine(delta, from, radius, bounds).value().reshape(x.shape());
  }

  /** The farthest that an element can move: the width of its range, or 1 if it has none. */
  public static double reach(Bounds bounds) {
    return bounds.isClosed() ? bounds.width() : 1;
  }

  /**
   * The farthest that a point of the ball may be when each of its elements is stored as a float.
   */
  double allowed(Tensor x) {
    if (norm == Norm.L0 || x.size() == 0) {
      return epsilon; // an element changes or does not
    }
    float[] error = new float[x.size() / x.shape().dim(0)];
    Arrays.fill(error, ROUNDING * Math.max(1, x.abs().maxTo(Shape.of()).item()));
    return epsilon * (1 + TOLERANCE) + norm.length(error);
  }

  /** ‖xᵢ − yᵢ‖ for every example i: [N, …]² → N numbers; y may be one for all, [1, …]. */
  public static double[] distances(Norm norm, Tensor x, Tensor y) {
    int n = x.shape().dim(0);
    int d = n == 0 ? 0 : x.size() / n;
    boolean each = y.shape().dim(0) == n;
    double[] distances = new double[n];
    float[] delta = new float[d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        delta[j] = x.get(i * d + j) - y.get(each ? i * d + j : j);
      }
      distances[i] = norm.length(delta);
    }
    return distances;
  }

  @Override
  public String toString() {
    return norm.label() + "(" + epsilon + ")";
  }
}
