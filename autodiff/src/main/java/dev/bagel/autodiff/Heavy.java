package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;

/**
 * An operation whose kernel hands on its result piece by piece, so that a plan lets the chain of
 * elementwise operations that follows (bias, residual, activation; the step of an attack) run on
 * each piece while it is in a cache.
 */
public sealed interface Heavy extends Op
    permits MatMul, Convolution.Forward, Convolution.ToInput, MaxPool.Put {
  /** The kernel of {@link Op#kernel}, with {@code then} over each piece of y. */
  Kernel kernel(Kernels kernels, Operand y, List<Operand> x, Epilogue then);

  @Override
  default Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return kernel(kernels, y, x, Epilogue.NONE);
  }
}
