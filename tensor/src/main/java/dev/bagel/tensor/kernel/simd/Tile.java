package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of everything that multiplies and adds: a tile of C, a few rows high and a
 * few vectors wide, stays in registers while k runs.
 *
 * <p>{@code C[r, j] += Σ_k A[r, k] · B[k, j]}, where one element of A is spread over all lanes of a
 * vector of B. There are two ways to find the operands, and every heavy kernel of this package is
 * one of them:
 *
 * <ul>
 *   <li>{@link #packed}: A lies in panels [k][8]; row k of B begins at {@code at[k]}. A product of
 *       packed matrices; a convolution, whose {@code at} says where the tap k of the filter falls.
 *   <li>{@link #rows}: A[r, k] lies at {@code row[r] + at[k]}; B lies in panels or in rows of
 *       {@code ldb}. A product of matrices that are left where they are; a convolution's filter
 *       gradient, whose rows are taps and whose k are pixels.
 * </ul>
 *
 * <p>The shape of these methods is what C2 of JDK 17 compiles well, found by measurement: one
 * counted loop, one local variable for each accumulator, no call but those of the Vector API, and
 * no branch around a vector. That is why a tile always adds to what is in C: with a second way to
 * store, C2 ran out of its budget for inlining and put all accumulators on the heap, in every call.
 * Eight rows by two vectors use 16 of 32 registers; where a vector is shorter than 512 bits there
 * may be only 16 of them, and a tile is done as two of four rows.
 */
final class Tile {
  /** Rows of a panel of A. */
  static final int ROWS = 8;

  /** Columns of a tile, and of a panel of B. */
  static final int COLUMNS = 2 * L;

  private static final boolean MANY_REGISTERS = L >= 16;

  private Tile() {}

  /** {@code C[r, j] += Σ_k a[ao + lda·k + r] · b[bo + at[k] + j]}; {@code rows} ≤ 8 of it. */
  static void packed(
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
    if (rows <= 4) {
      packed4(n, a, ao, lda, b, bo, at, c, co, ldc);
    } else if (MANY_REGISTERS) {
      packed8(n, a, ao, lda, b, bo, at, c, co, ldc);
    } else {
      packed4(n, a, ao, lda, b, bo, at, c, co, ldc);
      packed4(n, a, ao + 4, lda, b, bo, at, c, co + 4 * ldc, ldc);
    }
  }

  /** {@code C[r, j] = Σ_k a[ao + at[k] + L·r] · b[bo + 2·L·k + j]}; eight rows of it. */
  static void blocked(
      int n, float[] a, int ao, int[] at, float[] b, int bo, float[] c, int co, int ldc) {
    if (MANY_REGISTERS) {
      blocked8(n, a, ao, b, bo, at, c, co, ldc);
    } else {
      blocked4(n, a, ao, b, bo, at, c, co, ldc);
      blocked4(n, a, ao + 4 * L, b, bo, at, c, co + 4 * ldc, ldc);
    }
  }

  /**
   * {@code C[r, j] += Σ_k a[ao + row[r0 + r] + at[k0 + k]] · b[bo + k·ldb + j]}; {@code rows} ≤ 8
   * of it.
   */
  static void rows(
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
    if (rows <= 4) {
      rows4(n, a, ao, row, r0, at, k0, b, bo, ldb, c, co, ldc);
    } else if (MANY_REGISTERS) {
      rows8(n, a, ao, row, r0, at, k0, b, bo, ldb, c, co, ldc);
    } else {
      rows4(n, a, ao, row, r0, at, k0, b, bo, ldb, c, co, ldc);
      rows4(n, a, ao, row, r0 + 4, at, k0, b, bo, ldb, c, co + 4 * ldc, ldc);
    }
  }

  private static void blocked8(
      int n, float[] a, int ao, float[] b, int bo, int[] at, float[] c, int co, int ldc) {
    FloatVector c00 = FloatVector.zero(F);
    FloatVector c01 = FloatVector.zero(F);
    FloatVector c10 = FloatVector.zero(F);
    FloatVector c11 = FloatVector.zero(F);
    FloatVector c20 = FloatVector.zero(F);
    FloatVector c21 = FloatVector.zero(F);
    FloatVector c30 = FloatVector.zero(F);
    FloatVector c31 = FloatVector.zero(F);
    FloatVector c40 = FloatVector.zero(F);
    FloatVector c41 = FloatVector.zero(F);
    FloatVector c50 = FloatVector.zero(F);
    FloatVector c51 = FloatVector.zero(F);
    FloatVector c60 = FloatVector.zero(F);
    FloatVector c61 = FloatVector.zero(F);
    FloatVector c70 = FloatVector.zero(F);
    FloatVector c71 = FloatVector.zero(F);
    for (int k = 0; k < n; k++) {
      int j = bo + 2 * L * k;
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      int i = ao + at[k];
      FloatVector a0 = FloatVector.broadcast(F, a[i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i + L]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i + 2 * L]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i + 3 * L]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(F, a[i + 4 * L]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(F, a[i + 5 * L]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(F, a[i + 6 * L]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(F, a[i + 7 * L]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c60.intoArray(c, co + 6 * ldc);
    c61.intoArray(c, co + 6 * ldc + L);
    c70.intoArray(c, co + 7 * ldc);
    c71.intoArray(c, co + 7 * ldc + L);
  }

  private static void packed8(
      int n, float[] a, int ao, int lda, float[] b, int bo, int[] at, float[] c, int co, int ldc) {
    FloatVector c00 = FloatVector.fromArray(F, c, co);
    FloatVector c01 = FloatVector.fromArray(F, c, co + L);
    FloatVector c10 = FloatVector.fromArray(F, c, co + ldc);
    FloatVector c11 = FloatVector.fromArray(F, c, co + ldc + L);
    FloatVector c20 = FloatVector.fromArray(F, c, co + 2 * ldc);
    FloatVector c21 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
    FloatVector c30 = FloatVector.fromArray(F, c, co + 3 * ldc);
    FloatVector c31 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
    FloatVector c40 = FloatVector.fromArray(F, c, co + 4 * ldc);
    FloatVector c41 = FloatVector.fromArray(F, c, co + 4 * ldc + L);
    FloatVector c50 = FloatVector.fromArray(F, c, co + 5 * ldc);
    FloatVector c51 = FloatVector.fromArray(F, c, co + 5 * ldc + L);
    FloatVector c60 = FloatVector.fromArray(F, c, co + 6 * ldc);
    FloatVector c61 = FloatVector.fromArray(F, c, co + 6 * ldc + L);
    FloatVector c70 = FloatVector.fromArray(F, c, co + 7 * ldc);
    FloatVector c71 = FloatVector.fromArray(F, c, co + 7 * ldc + L);
    for (int k = 0; k < n; k++) {
      int j = bo + at[k];
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      int i = ao + lda * k;
      FloatVector a0 = FloatVector.broadcast(F, a[i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(F, a[i + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(F, a[i + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(F, a[i + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(F, a[i + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c60.intoArray(c, co + 6 * ldc);
    c61.intoArray(c, co + 6 * ldc + L);
    c70.intoArray(c, co + 7 * ldc);
    c71.intoArray(c, co + 7 * ldc + L);
  }

  private static void blocked4(
      int n, float[] a, int ao, float[] b, int bo, int[] at, float[] c, int co, int ldc) {
    FloatVector c00 = FloatVector.zero(F);
    FloatVector c01 = FloatVector.zero(F);
    FloatVector c10 = FloatVector.zero(F);
    FloatVector c11 = FloatVector.zero(F);
    FloatVector c20 = FloatVector.zero(F);
    FloatVector c21 = FloatVector.zero(F);
    FloatVector c30 = FloatVector.zero(F);
    FloatVector c31 = FloatVector.zero(F);
    for (int k = 0; k < n; k++) {
      int j = bo + 2 * L * k;
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      int i = ao + at[k];
      FloatVector a0 = FloatVector.broadcast(F, a[i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i + L]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i + 2 * L]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i + 3 * L]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
  }

  private static void packed4(
      int n, float[] a, int ao, int lda, float[] b, int bo, int[] at, float[] c, int co, int ldc) {
    FloatVector c00 = FloatVector.fromArray(F, c, co);
    FloatVector c01 = FloatVector.fromArray(F, c, co + L);
    FloatVector c10 = FloatVector.fromArray(F, c, co + ldc);
    FloatVector c11 = FloatVector.fromArray(F, c, co + ldc + L);
    FloatVector c20 = FloatVector.fromArray(F, c, co + 2 * ldc);
    FloatVector c21 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
    FloatVector c30 = FloatVector.fromArray(F, c, co + 3 * ldc);
    FloatVector c31 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
    for (int k = 0; k < n; k++) {
      int j = bo + at[k];
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      int i = ao + lda * k;
      FloatVector a0 = FloatVector.broadcast(F, a[i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
  }

  private static void rows8(
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
    int i0 = ao + row[r0];
    int i1 = ao + row[r0 + 1];
    int i2 = ao + row[r0 + 2];
    int i3 = ao + row[r0 + 3];
    int i4 = ao + row[r0 + 4];
    int i5 = ao + row[r0 + 5];
    int i6 = ao + row[r0 + 6];
    int i7 = ao + row[r0 + 7];
    FloatVector c00 = FloatVector.fromArray(F, c, co);
    FloatVector c01 = FloatVector.fromArray(F, c, co + L);
    FloatVector c10 = FloatVector.fromArray(F, c, co + ldc);
    FloatVector c11 = FloatVector.fromArray(F, c, co + ldc + L);
    FloatVector c20 = FloatVector.fromArray(F, c, co + 2 * ldc);
    FloatVector c21 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
    FloatVector c30 = FloatVector.fromArray(F, c, co + 3 * ldc);
    FloatVector c31 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
    FloatVector c40 = FloatVector.fromArray(F, c, co + 4 * ldc);
    FloatVector c41 = FloatVector.fromArray(F, c, co + 4 * ldc + L);
    FloatVector c50 = FloatVector.fromArray(F, c, co + 5 * ldc);
    FloatVector c51 = FloatVector.fromArray(F, c, co + 5 * ldc + L);
    FloatVector c60 = FloatVector.fromArray(F, c, co + 6 * ldc);
    FloatVector c61 = FloatVector.fromArray(F, c, co + 6 * ldc + L);
    FloatVector c70 = FloatVector.fromArray(F, c, co + 7 * ldc);
    FloatVector c71 = FloatVector.fromArray(F, c, co + 7 * ldc + L);
    for (int k = 0; k < n; k++) {
      int j = bo + k * ldb;
      int i = at[k0 + k];
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      FloatVector a0 = FloatVector.broadcast(F, a[i0 + i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i1 + i]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i2 + i]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i3 + i]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(F, a[i4 + i]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(F, a[i5 + i]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(F, a[i6 + i]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(F, a[i7 + i]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
    c40.intoArray(c, co + 4 * ldc);
    c41.intoArray(c, co + 4 * ldc + L);
    c50.intoArray(c, co + 5 * ldc);
    c51.intoArray(c, co + 5 * ldc + L);
    c60.intoArray(c, co + 6 * ldc);
    c61.intoArray(c, co + 6 * ldc + L);
    c70.intoArray(c, co + 7 * ldc);
    c71.intoArray(c, co + 7 * ldc + L);
  }

  private static void rows4(
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
    int i0 = ao + row[r0];
    int i1 = ao + row[r0 + 1];
    int i2 = ao + row[r0 + 2];
    int i3 = ao + row[r0 + 3];
    FloatVector c00 = FloatVector.fromArray(F, c, co);
    FloatVector c01 = FloatVector.fromArray(F, c, co + L);
    FloatVector c10 = FloatVector.fromArray(F, c, co + ldc);
    FloatVector c11 = FloatVector.fromArray(F, c, co + ldc + L);
    FloatVector c20 = FloatVector.fromArray(F, c, co + 2 * ldc);
    FloatVector c21 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
    FloatVector c30 = FloatVector.fromArray(F, c, co + 3 * ldc);
    FloatVector c31 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
    for (int k = 0; k < n; k++) {
      int j = bo + k * ldb;
      int i = at[k0 + k];
      FloatVector b0 = FloatVector.fromArray(F, b, j);
      FloatVector b1 = FloatVector.fromArray(F, b, j + L);
      FloatVector a0 = FloatVector.broadcast(F, a[i0 + i]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(F, a[i1 + i]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(F, a[i2 + i]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(F, a[i3 + i]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + ldc);
    c11.intoArray(c, co + ldc + L);
    c20.intoArray(c, co + 2 * ldc);
    c21.intoArray(c, co + 2 * ldc + L);
    c30.intoArray(c, co + 3 * ldc);
    c31.intoArray(c, co + 3 * ldc + L);
  }

  /** One row of {@link #packed} over four vectors: depthwise filters, images of one channel. */
  static void row(int n, float[] a, int ao, float[] b, int bo, int[] at, float[] c, int co) {
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector c2 = FloatVector.zero(F);
    FloatVector c3 = FloatVector.zero(F);
    for (int k = 0; k < n; k++) {
      int j = bo + at[k];
      FloatVector ak = FloatVector.broadcast(F, a[ao + 8 * k]);
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
