package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import java.util.Arrays;
import java.util.List;

/**
 * A threshold found by sorting a row: x [N, D] and a size [N, 1] → [N, 1]. Projections on the ℓ1
 * and ℓ0 balls are made of it. Treated as flat.
 */
record Level(Kind kind) implements Op {
  /** Which threshold. */
  enum Kind {
    /**
     * θ ≥ 0 with Σ max(|xᵢ| − θ, 0) = size, or 0 if Σ|xᵢ| ≤ size: shrinking every |xᵢ| by θ
     * projects on the ℓ1 ball (Duchi et al. 2008, Figure 1).
     */
    L1,
    /** The size-th largest |xᵢ| (size rounded down); +∞ if size &lt; 1, 0 if size ≥ D. */
    KTH_LARGEST
  }

  @Override
  public Shape shape(List<Shape> x) {
    Shape a = x.get(0);
    if (a.rank() != 2 || !x.get(1).equals(Shape.of(a.dim(0), 1))) {
      throw new ShapeException("level of %s for sizes %s: [N, D] and [N, 1]", a, x.get(1));
    }
    return x.get(1);
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int n = x.get(0).shape().dim(0);
    int d = x.get(0).shape().dim(1);
    float[] in = x.get(0).span().array();
    Parallel.Body row =
        r -> {
          float[] sorted = Scratch.floats(d);
          for (int j = 0, from = x.get(0).span().offset() + r * d; j < d; j++) {
            sorted[j] = Math.abs(in[from + j]);
          }
          Arrays.sort(sorted, 0, d);
          float size = x.get(1).span().array()[x.get(1).span().offset() + r];
          y.span().array()[y.span().offset() + r] =
              kind == Kind.L1 ? l1(sorted, d, size) : kthLargest(sorted, d, (int) size);
        };
    return () -> Parallel.run(n, row);
  }

  private static float l1(float[] sorted, int d, double size) {
    if (size <= 0) { // the ball is a point: everything shrinks to zero
      return d == 0 ? 0 : sorted[d - 1];
    }
    double sum = 0;
    double theta = 0;
    for (int k = 1; k <= d; k++) {
      double u = sorted[d - k];
      sum += u;
      if (u - (sum - size) / k <= 0) { // ρ is the last k for which this is positive
        break;
      }
      theta = (sum - size) / k;
    }
    return (float) Math.max(0, theta);
  }

  private static float kthLargest(float[] sorted, int d, int k) {
    return k < 1 ? Float.POSITIVE_INFINITY : k >= d ? 0 : sorted[d - k];
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
