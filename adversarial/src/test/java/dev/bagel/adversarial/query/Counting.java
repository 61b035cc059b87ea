package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Norm;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Plans;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Scores W x + b, row by row in double: the same bits in any batch. It counts the rows that it is
 * asked about, and refuses to show anything but scores.
 */
final class Counting implements Classifier {
  final int classes;
  final int d;
  private final double[][] w;
  private final double[] b;
  private final Bounds bounds;
  private final boolean isNumber;
  long asked;

  private Counting(double[][] w, double[] b, Bounds bounds, boolean isNumber) {
    this.w = w;
    this.b = b;
    this.bounds = bounds;
    this.isNumber = isNumber;
    classes = w.length;
    d = w[0].length;
  }

  /** Normal weights; the scores are balanced in the middle of the bounds. */
  static Counting random(int classes, int d, Bounds bounds, Rng rng) {
    double middle = bounds.equals(Bounds.NONE) ? 0 : (bounds.low() + bounds.high()) / 2;
    double[][] w = new double[classes][d];
    double[] b = new double[classes];
    for (int k = 0; k < classes; k++) {
      for (int j = 0; j < d; j++) {
        w[k][j] = rng.at(k).gaussian(j);
        b[k] -= w[k][j] * middle;
      }
      b[k] += rng.at("b").gaussian(k);
    }
    return new Counting(w, b, bounds, true);
  }

  /** The same, with scores that are not numbers. */
  Counting broken() {
    return new Counting(w, b, bounds, false);
  }

  @Override
  public Tensor scores(Tensor x) {
    int n = x.shape().dim(0);
    asked += n;
    float[] z = new float[n * classes];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < classes; k++) {
        z[i * classes + k] = isNumber ? (float) score(x, i, k) : Float.NaN;
      }
    }
    return Tensor.wrap(Shape.of(n, classes), z);
  }

  private double score(Tensor x, int i, int k) {
    double s = b[k];
    for (int j = 0; j < d; j++) {
      s += w[k][j] * x.get(i * d + j);
    }
    return s;
  }

  /** The least distance to another class, as if there were no bounds: |margin| / ‖w_y − w_k‖. */
  double distance(Tensor x, int i, int y, Norm norm) {
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      if (k != y) {
        double margin = score(x, i, y) - score(x, i, k);
        least = Math.min(least, margin / dual(norm, y, k));
      }
    }
    return least;
  }

  private double dual(Norm norm, int y, int k) {
    double[] a = new double[d];
    Arrays.setAll(a, j -> Math.abs(w[y][j] - w[k][j]));
    return switch (norm) {
      case LINF -> Arrays.stream(a).sum();
      case L2 -> Math.sqrt(Arrays.stream(a).map(v -> v * v).sum());
      case L1 -> Arrays.stream(a).max().orElseThrow();
      case L0 -> throw new IllegalArgumentException("no closed form");
    };
  }

  @Override
  public Bounds bounds() {
    return bounds;
  }

  @Override
  public Var logits(Var x) {
    throw new AssertionError("an attack that only asks looked at the graph");
  }

  @Override
  public Plans plans() {
    throw new AssertionError("an attack that only asks looked at the plans");
  }
}
