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
 * Marks the largest elements of every row: x [N, D] and how many, k [N, 1] (rounded down) → 1 for
 * exactly k elements, 0 for the rest. Of elements that tie, the first are marked. Flat.
 */
public record Largest() implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    Shape a = x.get(0);
    if (a.rank() != 2 || !x.get(1).equals(Shape.of(a.dim(0), 1))) {
      throw new ShapeException("largest %s of %s: [N, 1] of [N, D] is needed", x.get(1), a);
    }
    return a;
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int d = y.shape().dim(1);
    float[] in = x.get(0).span().array();
    float[] counts = x.get(1).span().array();
    Parallel.Body row =
        r -> {
          int k = (int) counts[x.get(1).span().offset() + r];
          mark(
              in,
              x.get(0).span().offset() + r * d,
              k,
              y.span().array(),
              y.span().offset() + r * d,
              d);
        };
    return () -> Parallel.run(y.shape().dim(0), row);
  }

  private static void mark(float[] x, int xo, int k, float[] y, int yo, int d) {
    if (k <= 0 || k >= d) {
      Arrays.fill(y, yo, yo + d, k <= 0 ? 0 : 1);
      return;
    }
    float[] sorted = Scratch.floats(d);
    System.arraycopy(x, xo, sorted, 0, d);
    Arrays.sort(sorted, 0, d);
    float level = sorted[d - k];
    int ties = k; // how many of those that are exactly at the level belong to the k largest
    for (int j = d - 1; j >= 0 && sorted[j] > level; j--) {
      ties--;
    }
    for (int j = 0; j < d; j++) {
      boolean above = x[xo + j] > level;
      boolean tie = x[xo + j] == level && ties > 0;
      y[yo + j] = above || tie ? 1 : 0;
      if (tie) {
        ties--;
      }
    }
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
