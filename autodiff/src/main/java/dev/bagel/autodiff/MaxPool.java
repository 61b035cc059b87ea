package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Window;
import java.util.List;

/**
 * Max pooling as a pair of adjoint maps: {@link Take} picks u at the places where a selector is
 * largest, {@link Put} puts values back there. Pooling x takes x where x itself is largest. For a
 * given selector both are linear, and in the selector both are flat (except at ties, where the
 * first place of a window wins), so no index is stored and second order comes for free.
 */
public sealed interface MaxPool extends Op {
  Window g();

  @Override
  default Var vjp(int i, Var ybar, List<Var> x, Var y) {
    return i == 0 ? null : Var.of(adjoint(), x.get(0), ybar);
  }

  MaxPool adjoint();

  /** (selector, u) → u at the selector's maxima: [N, C, H, W]² → [N, C, OH, OW]. */
  record Take(Window g) implements MaxPool {
    @Override
    public String label() {
      return "maxTake";
    }

    @Override
    public Shape shape(List<Shape> x) {
      return expect(x, g.input(), g.input(), g.output());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
      return kernels.maxTake(g, x.get(0).span(), x.get(1).span(), y.span());
    }

    @Override
    public MaxPool adjoint() {
      return new Put(g);
    }
  }

  /** (selector, y) → y at the selector's maxima, zero elsewhere. */
  record Put(Window g) implements MaxPool, Heavy {
    @Override
    public String label() {
      return "maxPut";
    }

    @Override
    public Shape shape(List<Shape> x) {
      return expect(x, g.input(), g.output(), g.input());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, List<Operand> x, Epilogue then) {
      return kernels.maxPut(g, x.get(0).span(), x.get(1).span(), y.span(), then);
    }

    @Override
    public MaxPool adjoint() {
      return new Take(g);
    }
  }

  private static Shape expect(List<Shape> got, Shape selector, Shape u, Shape result) {
    if (!got.get(0).equals(selector) || !got.get(1).equals(u)) {
      throw new ShapeException(
          "max pool of %s by %s: %s by %s is expected", got.get(1), got.get(0), u, selector);
    }
    return result;
  }
}
