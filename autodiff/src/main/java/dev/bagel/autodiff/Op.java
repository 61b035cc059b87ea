package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/**
 * A differentiable primitive: what shape it gives, how to compute it, and beside that how to pull a
 * gradient back through it.
 *
 * <p>The family is closed, so that every reader of a graph (the gradient, the plan, bounds, files)
 * can be tested against every member. {@link Custom} is the one door for strangers. The members are
 * public to be read, in other modules too; who computes calls the methods of {@link Var}.
 *
 * <p>{@link #vjp} is written with {@link Var}s, not with arrays: gradients are themselves
 * differentiable, and a second derivative needs no second rule. It is asked for one argument at a
 * time, and only for arguments that somebody wants the gradient of: an attack, whose weights are
 * constants, pays for no weight gradients.
 *
 * <p>An operation is a value: two of them are equal if they compute the same function.
 */
public sealed interface Op
    permits Elementwise,
        Linear,
        Heavy,
        Convolution,
        MaxPool,
        LogSoftmax,
        MaxTo,
        OneHot,
        Gather,
        Scatter,
        Concat,
        L1Threshold,
        Largest,
        Noise,
        Detach,
        Custom {
  /** The name that graphs and plans print. */
  default String label() {
    String name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /**
   * The shape of the result.
   *
   * @throws dev.bagel.tensor.ShapeException if the arguments do not fit, naming their shapes
   */
  Shape shape(List<Shape> x);

  /** The loop that computes y from x, bound to their memory; it writes every element of y. */
  Kernel kernel(Kernels kernels, Operand y, List<Operand> x);

  /**
   * x̄ᵢ = ȳᵀ ∂y/∂xᵢ: the gradient {@code g} = ȳ that arrives at the result, pulled back to argument
   * {@code i}; null where the function is flat, so that no gradient flows.
   */
  Var vjp(int i, Var g, List<Var> x, Var y);
}
