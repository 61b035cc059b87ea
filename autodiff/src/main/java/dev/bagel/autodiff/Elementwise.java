package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Pointwise;
import java.util.List;

/**
 * An operation that works element by element on operands broadcast to one shape. A plan chains such
 * operations into one pass over memory.
 */
public sealed interface Elementwise extends Op permits UnaryOp, BinaryOp, Where {
  /** Adds this function of some registers to a chain and returns the register of the result. */
  int emit(Pointwise chain, int... registers);

  @Override
  default Shape shape(List<Shape> x) {
    Shape s = x.get(0);
    for (int i = 1; i < x.size(); i++) {
      s = s.broadcast(x.get(i));
    }
    return s;
  }

  @Override
  default Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    Pointwise chain = new Pointwise(y.shape().toArray());
    int[] registers = new int[x.size()];
    for (int i = 0; i < registers.length; i++) {
      Operand a = x.get(i);
      registers[i] = chain.input(a.span(), a.shape().broadcastStrides(y.shape()));
    }
    chain.output(emit(chain, registers), y.span());
    return chain.kernel(kernels);
  }
}
