package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Pointwise;
import java.util.List;

/**
 * One step of a {@link Program}: an operation, a chain of elementwise ones, or an operation and the
 * chain that follows it element by element.
 *
 * @param head the operation that is not elementwise, or null
 * @param y where its result goes, or null
 * @param x where its arguments are; empty if there is no head
 * @param chain the elementwise operations over as many elements, or null
 */
public record Stage(Op head, Operand y, List<Operand> x, Pointwise chain) {
  /** The step as one of these kernels. */
  Kernel kernel(Kernels kernels) {
    if (head == null) {
      return chain.kernel(kernels);
    }
    return chain == null
        ? head.kernel(kernels, y, x)
        : ((Heavy) head).kernel(kernels, y, x, chain.epilogue(kernels));
  }
}
