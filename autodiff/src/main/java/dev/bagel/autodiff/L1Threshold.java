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
 * By how much to shrink a row so that it lies in an ℓ1 ball: x [N, D] and radii [N, 1] → θ [N, 1]
 * with Σ max(|xᵢ| − θ, 0) = radius, or 0 if Σ|xᵢ| ≤ radius. Duchi et al. 2008, Figure 1. Treated as
 * flat.
 */
public record L1Threshold() implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    Shape a = x.get(0);
    if (a.rank() != 2 || !x.get(1).equals(Shape.of(a.dim(0), 1))) {
      throw new ShapeException("l1Threshold of %s for radii %s: [N, D] and [N, 1]", a, x.get(1));
    }
    return x.get(1);
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int n = x.get(0).shape().dim(0);
    int d = x.get(0).shape().dim(1);
    float[] in = x.get(0).span().array();
    float[] radii = x.get(1).span().array();
    Parallel.Body row =
        r -> {
          float[] sorted = Scratch.floats(d);
          for (int j = 0, from = x.get(0).span().offset() + r * d; j < d; j++) {
            sorted[j] = Math.abs(in[from + j]);
          }
          Arrays.sort(sorted, 0, d);
          y.span().array()[y.span().offset() + r] =
              threshold(sorted, d, radii[x.get(1).span().offset() + r]);
        };
    return () -> Parallel.run(n, row);
  }

  private static float threshold(float[] sorted, int d, double radius) {
    if (radius <= 0) { // the ball is a point: everything shrinks to zero
      return d == 0 ? 0 : sorted[d - 1];
    }
    double sum = 0;
    double theta = 0;
    for (int k = 1; k <= d; k++) {
      double u = sorted[d - k];
      sum += u;
      if (u - (sum - radius) / k <= 0) { // ρ is the last k for which this is positive
        break;
      }
      theta = (sum - radius) / k;
    }
    return (float) Math.max(0, theta);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
