package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.util.List;

/**
 * Reads chosen places of the last axis: x [N, C, P] and places [N, Q] (or [1, Q], shared) → [N, C,
 * Q]. A place outside 0 … P−1 reads 0. Linear in x with adjoint {@link Scatter}; flat in the
 * places.
 */
public record Gather() implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    Shape a = x.get(0);
    Shape places = x.get(1);
    if (a.rank() != 3 || places.rank() != 2 || (places.dim(0) != 1 && places.dim(0) != a.dim(0))) {
      throw new ShapeException("gather %s at %s: [N, C, P] at [N or 1, Q] is needed", a, places);
    }
    return a.with(2, places.dim(1));
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int c = y.shape().dim(1);
    int q = y.shape().dim(2);
    int p = x.get(0).shape().dim(2);
    int step = x.get(1).shape().dim(0) == 1 ? 0 : q;
    float[] from = x.get(0).span().array();
    float[] at = x.get(1).span().array();
    float[] to = y.span().array();
    Parallel.Body plane =
        task -> {
          int read = x.get(0).span().offset() + task * p;
          int places = x.get(1).span().offset() + task / c * step;
          int write = y.span().offset() + task * q;
          for (int j = 0; j < q; j++) {
            int place = (int) at[places + j];
            to[write + j] = place >= 0 && place < p && at[places + j] >= 0 ? from[read + place] : 0;
          }
        };
    return () -> Parallel.run(y.shape().dim(0) * c, plane);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return i == 0 ? Var.of(new Scatter(x.get(0).shape().dim(2)), g, x.get(1)) : null;
  }
}
