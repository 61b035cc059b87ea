package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Takes a row apart into its even and odd columns, and puts it together again. */
final class Stride2 {
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(F, i -> 2 * i % L); // from either of two vectors
  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(F, i -> (2 * i + 1) % L);
  private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(F, i -> i / 2);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(F, i -> L / 2 + i / 2);
  private static final VectorMask<Float> SECOND_HALF = halves();
  private static final VectorMask<Float> ODD_LANES = odd();

  private Stride2() {}

  private static VectorMask<Float> halves() {
    boolean[] b = new boolean[L];
    for (int i = L / 2; i < L; i++) {
      b[i] = true;
    }
    return VectorMask.fromArray(F, b, 0);
  }

  private static VectorMask<Float> odd() {
    boolean[] b = new boolean[L];
    for (int i = 1; i < L; i += 2) {
      b[i] = true;
    }
    return VectorMask.fromArray(F, b, 0);
  }

  /**
   * even[i] = x[2i] and odd[i] = x[2i + 1], for the {@code n} elements of x. Both are written in
   * whole vectors: up to L − 1 floats behind them are lost.
   */
  static void split(float[] x, int xo, int n, float[] y, int even, int odd) {
    int whole = up(n, 2 * L) <= x.length - xo ? up(n, 2 * L) : n - n % (2 * L);
    for (int i = 0; i < whole; i += 2 * L) {
      FloatVector a = FloatVector.fromArray(F, x, xo + i);
      FloatVector b = FloatVector.fromArray(F, x, xo + i + L);
      a.rearrange(EVEN).blend(b.rearrange(EVEN), SECOND_HALF).intoArray(y, even + i / 2);
      a.rearrange(ODD).blend(b.rearrange(ODD), SECOND_HALF).intoArray(y, odd + i / 2);
    }
    for (int i = whole; i + 1 < n; i += 2) {
      y[even + i / 2] = x[xo + i];
      y[odd + i / 2] = x[xo + i + 1];
    }
    if (whole < n && n % 2 == 1) {
      y[even + n / 2] = x[xo + n - 1];
    }
  }

  /**
   * The inverse of {@link #split}; y, too, is written in whole vectors, as far as {@code limit}
   * allows.
   */
  static void join(float[] x, int even, int odd, float[] y, int yo, int n, int limit) {
    int whole = yo + up(n, 2 * L) <= limit ? up(n, 2 * L) : n - n % (2 * L);
    for (int i = 0; i < whole; i += 2 * L) {
      FloatVector a = FloatVector.fromArray(F, x, even + i / 2);
      FloatVector b = FloatVector.fromArray(F, x, odd + i / 2);
      a.rearrange(LOW).blend(b.rearrange(LOW), ODD_LANES).intoArray(y, yo + i);
      a.rearrange(HIGH).blend(b.rearrange(HIGH), ODD_LANES).intoArray(y, yo + i + L);
    }
    for (int i = whole; i + 1 < n; i += 2) {
      y[yo + i] = x[even + i / 2];
      y[yo + i + 1] = x[odd + i / 2];
    }
    if (whole < n && n % 2 == 1) {
      y[yo + n - 1] = x[even + n / 2];
    }
  }
}
