package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of everything that multiplies and adds: a tile of C, a few rows high and a
 * few vectors wide, stays in registers while k runs.
 *
 * <p>{@code C[r, j] = D[r, j] + Σ_k A[r, k] · B[k, j]}, D being C or 0, where one element of A is
 * spread over all lanes of a vector of B. There are three ways to find the operands, and every
 * heavy kernel of this package is one of them:
 *
 * <ul>
 *   <li>{@link #packed}: A lies in panels [k][8]; row k of B begins at {@code at[k]}. A product of
 *       packed matrices; a convolution, whose {@code at} says where the tap k of the filter falls.
 *   <li>{@link #rows}: A[r, k] lies at {@code row[r] + at[k]}; B lies in panels or in rows of
 *       {@code ldb}. A product of matrices that are left where they are; a convolution's filter
 *       gradient, whose rows are taps and whose k are pixels.
 *   <li>{@link #blocked}: the rows of A are neighbours in blocks of one vector, as {@link Winograd}
 *       leaves them; B lies in panels.
 * </ul>
 *
 * <p>The shape of these methods is what C2 of JDK 17 compiles well, found by measurement: one
 * counted loop, one local variable for each accumulator, no call but those of the Vector API, and
 * no branch around a vector. That is why a tile always begins with what some array holds, C itself
 * or zeros: with a second way to store, C2 ran out of its budget for inlining and put all
 * accumulators on the heap, in every call. Eight rows by two vectors use 16 of 32 registers; where
 * a vector is shorter than 512 bits there may be only 16 of them, and a tile is done as two of four
 * rows.
 */
final class Tile {
  /** Rows of a panel of A. */
  static final int ROWS = 8;

  /** Columns of a tile, and of a panel of B. */
  static final int COLUMNS = 2 * L;

  private static final boolean MANY_REGISTERS = L >= 16;

  /** What is added to where nothing is to be added to. */
  private static final float[] ZEROS = new float[COLUMNS];

  private Tile() {}

  /**
   * {@code C[r, j] = Σ_k a[ao + lda·k + r] · b[bo + at[k] + j]}, or {@code +=}; {@code rows} ≤ 8 of
   * it.
   */
  static void packed(
      boolean add,
      int rows,
      int n,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] c,
      int co,
      int ldc) {
    float[] d = add ? c : ZEROS;
    int from = add ? co : 0;
    int ldd = add ? ldc : 0;
    if (rows <= 4) {
      Tile4.packed(n, a, ao, lda, b, bo, at, d, from, ldd, c, co, ldc);
    } else if (MANY_REGISTERS) {
      Tile8.packed(n, a, ao, lda, b, bo, at, d, from, ldd, c, co, ldc);
    } else {
      Tile4.packed(n, a, ao, lda, b, bo, at, d, from, ldd, c, co, ldc);
      Tile4.packed(n, a, ao + 4, lda, b, bo, at, d, from + 4 * ldd, ldd, c, co + 4 * ldc, ldc);
    }
  }

  /** {@code C[r, j] = Σ_k a[ao + at[k] + L·r] · b[bo + 2·L·k + j]}; eight rows of it. */
  static void blocked(
      int n, float[] a, int ao, int[] at, float[] b, int bo, float[] c, int co, int ldc) {
    if (MANY_REGISTERS) {
      Tile8.blocked(n, a, ao, b, bo, at, c, co, ldc);
    } else {
      Tile4.blocked(n, a, ao, b, bo, at, c, co, ldc);
      Tile4.blocked(n, a, ao + 4 * L, b, bo, at, c, co + 4 * ldc, ldc);
    }
  }

  /**
   * {@code C[r, j] = Σ_k a[ao + row[r0 + r] + at[k0 + k]] · b[bo + k·ldb + j]}, or {@code +=};
   * {@code rows} ≤ 8 of it.
   */
  static void rows(
      boolean add,
      int rows,
      int n,
      float[] a,
      int ao,
      int[] row,
      int r0,
      int[] at,
      int k0,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc) {
    float[] d = add ? c : ZEROS;
    int from = add ? co : 0;
    int ldd = add ? ldc : 0;
    if (rows <= 4) {
      Tile4.rows(n, a, ao, row, r0, at, k0, b, bo, ldb, d, from, ldd, c, co, ldc);
    } else if (MANY_REGISTERS) {
      Tile8.rows(n, a, ao, row, r0, at, k0, b, bo, ldb, d, from, ldd, c, co, ldc);
    } else {
      Tile4.rows(n, a, ao, row, r0, at, k0, b, bo, ldb, d, from, ldd, c, co, ldc);
      Tile4.rows(
          n, a, ao, row, r0 + 4, at, k0, b, bo, ldb, d, from + 4 * ldd, ldd, c, co + 4 * ldc, ldc);
    }
  }

  /** One row of {@link #packed} over four vectors: depthwise filters, images of one channel. */
  static void row(
      int n, float[] a, int ao, int lda, float[] b, int bo, int[] at, float[] c, int co) {
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector c2 = FloatVector.zero(F);
    FloatVector c3 = FloatVector.zero(F);
    for (int k = 0; k < n; k++) {
      int j = bo + at[k];
      FloatVector ak = FloatVector.broadcast(F, a[ao + lda * k]);
      c0 = ak.fma(FloatVector.fromArray(F, b, j), c0);
      c1 = ak.fma(FloatVector.fromArray(F, b, j + L), c1);
      c2 = ak.fma(FloatVector.fromArray(F, b, j + 2 * L), c2);
      c3 = ak.fma(FloatVector.fromArray(F, b, j + 3 * L), c3);
    }
    c0.intoArray(c, co);
    c1.intoArray(c, co + L);
    c2.intoArray(c, co + 2 * L);
    c3.intoArray(c, co + 3 * L);
  }
}
