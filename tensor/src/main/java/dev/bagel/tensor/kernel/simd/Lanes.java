package dev.bagel.tensor.kernel.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape of this JVM, and copies that use it.
 *
 * <p>There is one shape for the life of the JVM: with two, C2 of JDK 17 compiles the Vector API's
 * methods for neither (measured: twenty times slower).
 */
final class Lanes {
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Floats in one vector. */
  static final int L = F.length();

  private Lanes() {}

  /** {@code n} rounded up to a multiple of {@code step}. */
  static int up(int n, int step) {
    return (n + step - 1) / step * step;
  }

  /** The least number of pieces of {@code size} that cover {@code n}. */
  static int pieces(int n, int size) {
    return (n + size - 1) / size;
  }

  /**
   * Copies {@code n} floats in whole vectors: up to {@code up(n, L)} floats of y are overwritten,
   * so rows are copied in rising order and each repairs what the one before spilled.
   *
   * @param limit end of the part of y that may be written
   */
  static void copy(float[] x, int xo, float[] y, int yo, int n, int limit) {
    int whole = up(n, L);
    if (xo + whole > x.length || yo + whole > limit) {
      System.arraycopy(x, xo, y, yo, n);
      return;
    }
    for (int i = 0; i < n; i += L) {
      FloatVector.fromArray(F, x, xo + i).intoArray(y, yo + i);
    }
  }

  /**
   * Copies rows of {@code n} floats in whole vectors, each of which repairs what the one before
   * spilled; the last ones are copied exactly where {@code limit}, the end of what may be written,
   * is near. The rows of y must lie in rising order with nothing to keep between them.
   */
  static void copyRows(
      float[] x, int xo, int xPitch, float[] y, int yo, int yPitch, int n, int rows, int limit) {
    int whole = up(n, L);
    int room = Math.min((limit - yo - whole) / yPitch, (x.length - xo - whole) / xPitch) + 1;
    boolean any = yo + whole <= limit && xo + whole <= x.length;
    int fast = any ? Math.min(rows, room) : 0;
    if (whole == L) {
      for (int r = 0; r < fast; r++) {
        FloatVector.fromArray(F, x, xo + r * xPitch).intoArray(y, yo + r * yPitch);
      }
    } else {
      for (int r = 0; r < fast; r++) {
        int from = xo + r * xPitch;
        int to = yo + r * yPitch;
        for (int i = 0; i < n; i += L) {
          FloatVector.fromArray(F, x, from + i).intoArray(y, to + i);
        }
      }
    }
    for (int r = fast; r < rows; r++) {
      System.arraycopy(x, xo + r * xPitch, y, yo + r * yPitch, n);
    }
  }

  /**
   * y[k·step + r] = x[r·row + k] for {@code width} rows of {@code n}: those from {@code rows} on
   * become 0.
   */
  static void interleave(
      float[] x, int xo, int row, int rows, int width, int n, float[] y, int yo, int step) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      int x0 = xo + r * row;
      int x1 = x0 + row;
      int x2 = x1 + row;
      int x3 = x2 + row;
      int to = yo + r;
      for (int k = 0; k < n; k++, to += step) {
        y[to] = x[x0 + k];
        y[to + 1] = x[x1 + k];
        y[to + 2] = x[x2 + k];
        y[to + 3] = x[x3 + k];
      }
    }
    for (; r < width; r++) {
      int from = xo + r * row;
      for (int k = 0; k < n; k++) {
        y[yo + k * step + r] = r < rows ? x[from + k] : 0;
      }
    }
  }

  /** The inverse of {@link #interleave}: y[r·row + k] = x[k·step + r]. */
  static void separate(float[] x, int xo, int step, int rows, int n, float[] y, int yo, int row) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      int y0 = yo + r * row;
      int y1 = y0 + row;
      int y2 = y1 + row;
      int y3 = y2 + row;
      int from = xo + r;
      for (int k = 0; k < n; k++, from += step) {
        y[y0 + k] = x[from];
        y[y1 + k] = x[from + 1];
        y[y2 + k] = x[from + 2];
        y[y3 + k] = x[from + 3];
      }
    }
    for (; r < rows; r++) {
      for (int k = 0; k < n; k++) {
        y[yo + r * row + k] = x[xo + k * step + r];
      }
    }
  }
}
