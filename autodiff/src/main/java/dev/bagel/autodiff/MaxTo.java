package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Reduction;
import java.util.List;

/** The largest element along the axes that are longer than in {@code to}. */
public record MaxTo(Shape to) implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    to.broadcastStrides(x.get(0)); // throws if it does not fit
    return to;
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return new Reduction(
        kernels, Reduction.Of.MAX, x.get(0).shape(), to, x.get(0).span(), y.span());
  }

  /** Elements that tie share the gradient equally. */
  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    Var largest = x.get(0).atLeast(y);
    return largest.mul(g.div(largest.sumTo(to)));
  }
}
