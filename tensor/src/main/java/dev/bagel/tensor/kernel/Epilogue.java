package dev.bagel.tensor.kernel;

/**
 * What is done with a piece of a kernel's result as soon as it is there, while it is still in a
 * cache: add a bias, rectify, take a step. It sees each element once, and no element before it is
 * final; the pieces come from several threads at once, in any order.
 */
@FunctionalInterface
public interface Epilogue {
  /** Nothing is done. */
  Epilogue NONE = (from, to) -> {};

  /**
   * Elements {@code from} … {@code to}−1 of the result are there.
   *
   * <p>The {@link Scratch} of the calling thread is free to use.
   */
  void run(int from, int to);

  /** A kernel with {@code size} results that are handed to this one when all of them are there. */
  default Kernel after(Kernel kernel, int size) {
    if (this == NONE) {
      return kernel;
    }
    int grain = 1 << 14;
    Parallel.Body piece = i -> run(i * grain, Math.min(size, (i + 1) * grain));
    return () -> {
      kernel.run();
      Parallel.run((size + grain - 1) / grain, piece);
    };
  }
}
