package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/**
 * Cross-correlation and its two adjoints: one trilinear form ⟨ȳ, x ⋆ w⟩, seen from its three sides.
 * The gradient of each is again a member, so the family is closed under differentiation.
 */
public sealed interface Convolution extends Op {
  Conv g();

  /** y = x ⋆ w. */
  record Forward(Conv g) implements Convolution, Heavy {
    @Override
    public String label() {
      return "conv";
    }

    @Override
    public Shape shape(List<Shape> x) {
      return expect(x, g.input(), g.filters(), g.output());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, List<Operand> x, Epilogue then) {
      return kernels.conv(g, x.get(0).span(), x.get(1).span(), y.span(), then);
    }

    @Override
    public Var vjp(int i, Var ybar, List<Var> x, Var y) {
      return i == 0
          ? Var.of(new ToInput(g), ybar, x.get(1))
          : Var.of(new ToFilter(g), x.get(0), ybar);
    }
  }

  /** x̄ from (ȳ, w); as a layer of its own it is called a transposed convolution. */
  record ToInput(Conv g) implements Convolution, Heavy {
    @Override
    public String label() {
      return "convInput";
    }

    @Override
    public Shape shape(List<Shape> x) {
      return expect(x, g.output(), g.filters(), g.input());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand dx, List<Operand> x, Epilogue then) {
      return kernels.convInput(g, x.get(0).span(), x.get(1).span(), dx.span(), then);
    }

    @Override
    public Var vjp(int i, Var xbarbar, List<Var> x, Var y) {
      return i == 0
          ? Var.of(new Forward(g), xbarbar, x.get(1))
          : Var.of(new ToFilter(g), xbarbar, x.get(0));
    }
  }

  /** w̄ from (x, ȳ). */
  record ToFilter(Conv g) implements Convolution {
    @Override
    public String label() {
      return "convFilter";
    }

    @Override
    public Shape shape(List<Shape> x) {
      return expect(x, g.input(), g.output(), g.filters());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand dw, List<Operand> x) {
      return kernels.convFilter(g, x.get(0).span(), x.get(1).span(), dw.span());
    }

    @Override
    public Var vjp(int i, Var wbarbar, List<Var> x, Var y) {
      return i == 0
          ? Var.of(new ToInput(g), x.get(1), wbarbar)
          : Var.of(new Forward(g), x.get(0), wbarbar);
    }
  }

  private static Shape expect(List<Shape> got, Shape first, Shape second, Shape result) {
    if (!got.get(0).equals(first) || !got.get(1).equals(second)) {
      throw new ShapeException(
          "convolution of %s and %s: %s and %s are expected",
          got.get(0), got.get(1), first, second);
    }
    return result;
  }
}
