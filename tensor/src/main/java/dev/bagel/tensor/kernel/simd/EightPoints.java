package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Toom}'s transforms at the points 0, 1, −1, 2, −2, ½, −½ and ∞, for F(4×4, 5×5) and its
 * transpose.
 *
 * <pre>
 *        ⎡ 1   0  -21/4   0    21/4   0   -1   0 ⎤        ⎡   1     0    …         ⎤
 *        ⎢ 0   1    1  -17/4  -17/4   1    1   0 ⎥        ⎢ -2/9·( 1   1   1  … )  ⎥
 *        ⎢ 0  -1    1   17/4  -17/4  -1    1   0 ⎥        ⎢ -2/9·( 1  -1   1  … )  ⎥
 *   Bᵀ = ⎢ 0   ½    ¼   -5/2   -5/4   2    1   0 ⎥    G = ⎢ 1/90·( 1   2   4  … )  ⎥
 *        ⎢ 0  -½    ¼    5/2   -5/4  -2    1   0 ⎥        ⎢ 1/90·( 1  -2   4  … )  ⎥
 *        ⎢ 0   2    4   -5/2    -5    ½    1   0 ⎥        ⎢ 32/45·(1   ½   ¼  … )  ⎥
 *        ⎢ 0  -2    4    5/2    -5   -½    1   0 ⎥        ⎢ 32/45·(1  -½   ¼  … )  ⎥
 *        ⎣ 0  -1    0   21/4    0  -21/4   0   1 ⎦        ⎣       0         …    1 ⎦
 * </pre>
 */
record EightPoints() implements Toom {
  private static final int POINTS = 8;

  @Override
  public int points() {
    return POINTS;
  }

  @Override
  public void input(
      int rows,
      int n,
      float[] x,
      int first,
      int row,
      int step,
      int xs,
      float[] y,
      int to,
      int rowTo,
      int stepTo,
      int ys) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < n; i++) {
        int xo = first + r * row + i * step;
        int yo = to + r * rowTo + i * stepTo;
        FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
        FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
        FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
        FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
        FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
        FloatVector x6 = FloatVector.fromArray(F, x, xo + 6 * xs);
        FloatVector even = x2.add(x6).sub(x4.mul(17f / 4));
        FloatVector odd = x1.add(x5).sub(x3.mul(17f / 4));
        even.add(odd).intoArray(y, yo + ys);
        even.sub(odd).intoArray(y, yo + 2 * ys);
        FloatVector even2 = x6.add(x2.mul(1f / 4)).sub(x4.mul(5f / 4));
        FloatVector mid = x3.mul(5f / 2);
        FloatVector odd2 = x1.mul(1f / 2).sub(mid).add(x5.add(x5));
        even2.add(odd2).intoArray(y, yo + 3 * ys);
        even2.sub(odd2).intoArray(y, yo + 4 * ys);
        FloatVector evenHalf = x6.add(x2.mul(4f)).sub(x4.mul(5f));
        FloatVector oddHalf = x1.add(x1).sub(mid).add(x5.mul(1f / 2));
        evenHalf.add(oddHalf).intoArray(y, yo + 5 * ys);
        evenHalf.sub(oddHalf).intoArray(y, yo + 6 * ys);
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        x0.sub(x6).add(x4.sub(x2).mul(21f / 4)).intoArray(y, yo);
        FloatVector x7 = FloatVector.fromArray(F, x, xo + 7 * xs);
        x7.sub(x1).add(x3.sub(x5).mul(21f / 4)).intoArray(y, yo + 7 * ys);
      }
    }
  }

  @Override
  public void filter(
      int r,
      float[] x,
      int xo,
      int pitch,
      int step,
      float[] s,
      int so,
      float[] y,
      int yo,
      int point) {
    int wide = POINTS * L;
    if (r == 4) {
      filter4(r, x, xo, pitch, step, s, so, wide, L);
      filter4(POINTS, s, so, L, wide, y, yo, point, POINTS * point);
    } else {
      filter5(r, x, xo, pitch, step, s, so, wide, L);
      filter5(POINTS, s, so, L, wide, y, yo, point, POINTS * point);
    }
  }

  /** G of 4 taps, {@code xs} apart, into eight points, {@code ys} apart; for n of them. */
  private static void filter4(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < n; i++) {
      int from = xo + i * step;
      int to = yo + i * stepTo;
      FloatVector g0 = FloatVector.fromArray(F, x, from);
      FloatVector g1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector g2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector g3 = FloatVector.fromArray(F, x, from + 3 * xs);
      g0.intoArray(y, to);
      FloatVector even = g0.add(g2);
      FloatVector odd = g1.add(g3);
      even.add(odd).mul(-2f / 9).intoArray(y, to + ys);
      even.sub(odd).mul(-2f / 9).intoArray(y, to + 2 * ys);
      FloatVector even2 = g0.add(g2.mul(4f));
      FloatVector odd2 = g1.add(g1).add(g3.mul(8f));
      even2.add(odd2).mul(1f / 90).intoArray(y, to + 3 * ys);
      even2.sub(odd2).mul(1f / 90).intoArray(y, to + 4 * ys);
      FloatVector evenHalf = g0.add(g2.mul(1f / 4));
      FloatVector oddHalf = g1.mul(1f / 2).add(g3.mul(1f / 8));
      evenHalf.add(oddHalf).mul(32f / 45).intoArray(y, to + 5 * ys);
      evenHalf.sub(oddHalf).mul(32f / 45).intoArray(y, to + 6 * ys);
      g3.intoArray(y, to + 7 * ys);
    }
  }

  /** G of 5 taps, {@code xs} apart, into eight points, {@code ys} apart; for n of them. */
  private static void filter5(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < n; i++) {
      int from = xo + i * step;
      int to = yo + i * stepTo;
      FloatVector g0 = FloatVector.fromArray(F, x, from);
      FloatVector g1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector g2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector g3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector g4 = FloatVector.fromArray(F, x, from + 4 * xs);
      g0.intoArray(y, to);
      FloatVector even = g0.add(g2).add(g4);
      FloatVector odd = g1.add(g3);
      even.add(odd).mul(-2f / 9).intoArray(y, to + ys);
      even.sub(odd).mul(-2f / 9).intoArray(y, to + 2 * ys);
      FloatVector even2 = g0.add(g2.mul(4f)).add(g4.mul(16f));
      FloatVector odd2 = g1.add(g1).add(g3.mul(8f));
      even2.add(odd2).mul(1f / 90).intoArray(y, to + 3 * ys);
      even2.sub(odd2).mul(1f / 90).intoArray(y, to + 4 * ys);
      FloatVector evenHalf = g0.add(g2.mul(1f / 4)).add(g4.mul(1f / 16));
      FloatVector oddHalf = g1.mul(1f / 2).add(g3.mul(1f / 8));
      evenHalf.add(oddHalf).mul(32f / 45).intoArray(y, to + 5 * ys);
      evenHalf.sub(oddHalf).mul(32f / 45).intoArray(y, to + 6 * ys);
      g4.intoArray(y, to + 7 * ys);
    }
  }

  @Override
  public void output(
      int m, int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    if (m == 4) {
      output4(n, x, xo, step, xs, y, yo, stepTo, ys);
    } else {
      output5(n, x, xo, step, xs, y, yo, stepTo, ys);
    }
  }

  private static void output4(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < n; i++) {
      int from = xo + i * step;
      int to = yo + i * stepTo;
      FloatVector x1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector x4 = FloatVector.fromArray(F, x, from + 4 * xs);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      FloatVector x6 = FloatVector.fromArray(F, x, from + 6 * xs);
      FloatVector even = x1.add(x2);
      FloatVector odd = x1.sub(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector evenHalf = x5.add(x6);
      FloatVector oddHalf = x5.sub(x6);
      FloatVector.fromArray(F, x, from).add(even).add(even2).add(evenHalf).intoArray(y, to);
      odd.add(odd2.add(odd2)).add(oddHalf.mul(1f / 2)).intoArray(y, to + ys);
      even.add(even2.mul(4f)).add(evenHalf.mul(1f / 4)).intoArray(y, to + 2 * ys);
      FloatVector x7 = FloatVector.fromArray(F, x, from + 7 * xs);
      odd.add(odd2.mul(8f)).add(oddHalf.mul(1f / 8)).add(x7).intoArray(y, to + 3 * ys);
      FloatVector z1 = FloatVector.fromArray(F, x, from + L + xs);
      FloatVector z2 = FloatVector.fromArray(F, x, from + L + 2 * xs);
      FloatVector z3 = FloatVector.fromArray(F, x, from + L + 3 * xs);
      FloatVector z4 = FloatVector.fromArray(F, x, from + L + 4 * xs);
      FloatVector z5 = FloatVector.fromArray(F, x, from + L + 5 * xs);
      FloatVector z6 = FloatVector.fromArray(F, x, from + L + 6 * xs);
      FloatVector evenZ = z1.add(z2);
      FloatVector oddZ = z1.sub(z2);
      FloatVector even2Z = z3.add(z4);
      FloatVector odd2Z = z3.sub(z4);
      FloatVector evenHalfZ = z5.add(z6);
      FloatVector oddHalfZ = z5.sub(z6);
      FloatVector.fromArray(F, x, from + L)
          .add(evenZ)
          .add(even2Z)
          .add(evenHalfZ)
          .intoArray(y, to + L);
      oddZ.add(odd2Z.add(odd2Z)).add(oddHalfZ.mul(1f / 2)).intoArray(y, to + L + ys);
      evenZ.add(even2Z.mul(4f)).add(evenHalfZ.mul(1f / 4)).intoArray(y, to + L + 2 * ys);
      FloatVector z7 = FloatVector.fromArray(F, x, from + L + 7 * xs);
      oddZ.add(odd2Z.mul(8f)).add(oddHalfZ.mul(1f / 8)).add(z7).intoArray(y, to + L + 3 * ys);
    }
  }

  private static void output5(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < n; i++) {
      int from = xo + i * step;
      int to = yo + i * stepTo;
      FloatVector x1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector x4 = FloatVector.fromArray(F, x, from + 4 * xs);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      FloatVector x6 = FloatVector.fromArray(F, x, from + 6 * xs);
      FloatVector even = x1.add(x2);
      FloatVector odd = x1.sub(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector evenHalf = x5.add(x6);
      FloatVector oddHalf = x5.sub(x6);
      FloatVector.fromArray(F, x, from).add(even).add(even2).add(evenHalf).intoArray(y, to);
      odd.add(odd2.add(odd2)).add(oddHalf.mul(1f / 2)).intoArray(y, to + ys);
      even.add(even2.mul(4f)).add(evenHalf.mul(1f / 4)).intoArray(y, to + 2 * ys);
      odd.add(odd2.mul(8f)).add(oddHalf.mul(1f / 8)).intoArray(y, to + 3 * ys);
      FloatVector x7 = FloatVector.fromArray(F, x, from + 7 * xs);
      even.add(even2.mul(16f)).add(evenHalf.mul(1f / 16)).add(x7).intoArray(y, to + 4 * ys);
      FloatVector z1 = FloatVector.fromArray(F, x, from + L + xs);
      FloatVector z2 = FloatVector.fromArray(F, x, from + L + 2 * xs);
      FloatVector z3 = FloatVector.fromArray(F, x, from + L + 3 * xs);
      FloatVector z4 = FloatVector.fromArray(F, x, from + L + 4 * xs);
      FloatVector z5 = FloatVector.fromArray(F, x, from + L + 5 * xs);
      FloatVector z6 = FloatVector.fromArray(F, x, from + L + 6 * xs);
      FloatVector evenZ = z1.add(z2);
      FloatVector oddZ = z1.sub(z2);
      FloatVector even2Z = z3.add(z4);
      FloatVector odd2Z = z3.sub(z4);
      FloatVector evenHalfZ = z5.add(z6);
      FloatVector oddHalfZ = z5.sub(z6);
      FloatVector.fromArray(F, x, from + L)
          .add(evenZ)
          .add(even2Z)
          .add(evenHalfZ)
          .intoArray(y, to + L);
      oddZ.add(odd2Z.add(odd2Z)).add(oddHalfZ.mul(1f / 2)).intoArray(y, to + L + ys);
      evenZ.add(even2Z.mul(4f)).add(evenHalfZ.mul(1f / 4)).intoArray(y, to + L + 2 * ys);
      oddZ.add(odd2Z.mul(8f)).add(oddHalfZ.mul(1f / 8)).intoArray(y, to + L + 3 * ys);
      FloatVector z7 = FloatVector.fromArray(F, x, from + L + 7 * xs);
      evenZ.add(even2Z.mul(16f)).add(evenHalfZ.mul(1f / 16)).add(z7).intoArray(y, to + L + 4 * ys);
    }
  }
}
