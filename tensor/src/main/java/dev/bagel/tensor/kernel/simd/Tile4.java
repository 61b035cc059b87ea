package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of four rows by two vectors, see {@link Tile}: eight accumulators, each a local
 * variable, since C2 keeps nothing else in registers.
 */
final class Tile4 {
  private Tile4() {}

  /** {@link Tile#packed} of 4 rows. */
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

  /** {@link Tile#rows} of 4 rows. */
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
    FloatVector c00 = FloatVector.fromArray(F, d, from);
    FloatVector c01 = FloatVector.fromArray(F, d, from + L);
    FloatVector c10 = FloatVector.fromArray(F, d, from + ldd);
    FloatVector c11 = FloatVector.fromArray(F, d, from + ldd + L);
    FloatVector c20 = FloatVector.fromArray(F, d, from + 2 * ldd);
    FloatVector c21 = FloatVector.fromArray(F, d, from + 2 * ldd + L);
    FloatVector c30 = FloatVector.fromArray(F, d, from + 3 * ldd);
    FloatVector c31 = FloatVector.fromArray(F, d, from + 3 * ldd + L);
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

  /** {@link Tile#blocked} of 4 rows. */
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
}
