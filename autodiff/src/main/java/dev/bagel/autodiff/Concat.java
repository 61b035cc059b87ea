package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/** Arguments one after the other along an axis (counted from the front). */
public record Concat(int axis) implements Op {
  @Override
  public Shape shape(List<Shape> x) {
    int n = 0;
    for (Shape s : x) {
      if (s.rank() <= axis || !s.with(axis, 1).equals(x.get(0).with(axis, 1))) {
        throw new ShapeException("concat %s: they may differ only along axis %d", x, axis);
      }
      n += s.dim(axis);
    }
    return x.get(0).with(axis, n);
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    int outer = y.shape().sub(0, axis).size();
    int whole = outer == 0 ? 0 : y.shape().size() / outer;
    Operand[] parts = x.toArray(Operand[]::new); // a list would make an iterator in every run
    return () -> {
      int at = 0;
      for (Operand a : parts) {
        int part = outer == 0 ? 0 : a.shape().size() / outer;
        for (int o = 0; o < outer; o++) {
          System.arraycopy(
              a.span().array(),
              a.span().offset() + o * part,
              y.span().array(),
              y.span().offset() + o * whole + at,
              part);
        }
        at += part;
      }
    };
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    int from = 0;
    for (int j = 0; j < i; j++) {
      from += x.get(j).shape().dim(axis);
    }
    return g.slice(axis, from, from + x.get(i).shape().dim(axis));
  }
}
