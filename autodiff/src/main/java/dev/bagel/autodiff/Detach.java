package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/** The same value, through which no gradient flows. A plan gives it the memory of its argument. */
public record Detach() implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    return x.get(0);
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return UnaryOp.COPY.kernel(kernels, y, x);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return null;
  }
}
