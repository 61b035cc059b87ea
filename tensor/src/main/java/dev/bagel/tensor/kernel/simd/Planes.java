package dev.bagel.tensor.kernel.simd;

import dev.bagel.tensor.kernel.Epilogue;

/** The planes of a convolution's result, [image, output] one after the other. */
final class Planes {
  private Planes() {}

  /**
   * Hands {@code n} floats of each of {@code count} planes to an epilogue: in one piece if they are
   * whole planes, which lie side by side.
   */
  static void finish(Epilogue then, int plane, int count, int size, int from, int n) {
    if (n == size) {
      then.run(plane * size, (plane + count) * size);
      return;
    }
    for (int p = plane; p < plane + count; p++) {
      then.run(p * size + from, p * size + from + n);
    }
  }
}
