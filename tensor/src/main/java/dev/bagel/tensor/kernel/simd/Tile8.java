package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of eight rows by two vectors, see {@link Tile}: sixteen accumulators, each a local
 * variable, since C2 keeps nothing else in registers.
 */
final class Tile8 {
  private Tile8() {}

  /** {@link Tile#packed} of 8 rows. */
  static void packed(
      int n,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] d,
      int from,
      int ldd,
      float[] c,
      int co,
      int ldc) {
    FloatVector c00 = FloatVector.fromArray(F, d, from);
    FloatVector c01 = FloatVector.fromArray(F, d, from + L);
    FloatVector c10 = FloatVector.fromArray(F, d, from + ldd);
    FloatVector c11 = FloatVector.fromArray(F, d, from + ldd + L);
    FloatVector c20 = FloatVector.fromArray(F, d, from + 2 * ldd);
    FloatVector c21 = FloatVector.fromArray(F, d, from + 2 * ldd + L);
    FloatVector c30 = FloatVector.fromArray(F, d, from + 3 * ldd);
    FloatVector c31 = FloatVector.fromArray(F, d, from + 3 * ldd + L);
    FloatVector c40 = FloatVector.fromArray(F, d, from + 4 * ldd);
    FloatVector c41 = FloatVector.fromArray(F, d, from + 4 * ldd + L);
    FloatVector c50 = FloatVector.fromArray(F, d, from + 5 * ldd);
    FloatVector c51 = FloatVector.fromArray(F, d, from + 5 * ldd + L);
    FloatVector c60 = FloatVector.fromArray(F, d, from + 6 * ldd);
    FloatVector c61 = FloatVector.fromArray(F, d, from + 6 * ldd + L);
    FloatVector c70 = FloatVector.fromArray(F, d, from + 7 * ldd);
    FloatVector c71 = FloatVector.fromArray(F, d, from + 7 * ldd + L);
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

  /** {@link Tile#rows} of 8 rows. */
  static void rows(
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
      float[] d,
      int from,
      int ldd,
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
    FloatVector c00 = FloatVector.fromArray(F, d, from);
    FloatVector c01 = FloatVector.fromArray(F, d, from + L);
    FloatVector c10 = FloatVector.fromArray(F, d, from + ldd);
    FloatVector c11 = FloatVector.fromArray(F, d, from + ldd + L);
    FloatVector c20 = FloatVector.fromArray(F, d, from + 2 * ldd);
    FloatVector c21 = FloatVector.fromArray(F, d, from + 2 * ldd + L);
    FloatVector c30 = FloatVector.fromArray(F, d, from + 3 * ldd);
    FloatVector c31 = FloatVector.fromArray(F, d, from + 3 * ldd + L);
    FloatVector c40 = FloatVector.fromArray(F, d, from + 4 * ldd);
    FloatVector c41 = FloatVector.fromArray(F, d, from + 4 * ldd + L);
    FloatVector c50 = FloatVector.fromArray(F, d, from + 5 * ldd);
    FloatVector c51 = FloatVector.fromArray(F, d, from + 5 * ldd + L);
    FloatVector c60 = FloatVector.fromArray(F, d, from + 6 * ldd);
    FloatVector c61 = FloatVector.fromArray(F, d, from + 6 * ldd + L);
    FloatVector c70 = FloatVector.fromArray(F, d, from + 7 * ldd);
    FloatVector c71 = FloatVector.fromArray(F, d, from + 7 * ldd + L);
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

  /** {@link Tile#blocked} of 8 rows. */
  static void blocked(
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
}
