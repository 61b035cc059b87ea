package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/** yⱼ = xⱼ − log Σₖ exp xₖ along the last axis. */
public record LogSoftmax() implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    Shape s = x.get(0);
    if (s.rank() == 0 || s.dim(-1) == 0) {
      throw new ShapeException("logSoftmax of %s: the last axis needs at least one element", s);
    }
    return s;
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int k = y.shape().dim(-1);
    return kernels.logSoftmax(y.shape().size() / k, k, x.get(0).span(), y.span());
  }

  /** ȳ − softmax(x) Σⱼ ȳⱼ. */
  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    return g.sub(y.exp().mul(g.sumAxes(-1)));
  }
}
