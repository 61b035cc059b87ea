package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.Arrays;
import java.util.List;

/** Whole numbers to unit vectors: […] → […, K]; a number outside 0 … K−1 gives zeros. Flat. */
public record OneHot(int k) implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    return x.get(0).concat(Shape.of(k));
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return () -> {
      float[] out = y.span().array();
      Arrays.fill(out, y.span().offset(), y.span().offset() + y.span().length(), 0);
      for (int i = 0; i < x.get(0).span().length(); i++) {
        float label = x.get(0).span().array()[x.get(0).span().offset() + i];
        if (label >= 0 && label < k) { // NaN is outside
          out[y.span().offset() + i * k + (int) label] = 1;
        }
      }
    };
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
