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
        FloatVector half = FloatVector.broadcast(F, 1f / 2);
        FloatVector two = FloatVector.broadcast(F, 2f);
        FloatVector c = FloatVector.broadcast(F, -17f / 4);
        FloatVector even = x4.fma(c, x2.add(x6));
        FloatVector odd = x3.fma(c, x1.add(x5));
        even.add(odd).intoArray(y, yo + ys);
        even.sub(odd).intoArray(y, yo + 2 * ys);
        FloatVector mid = x3.mul(FloatVector.broadcast(F, -5f / 2));
        FloatVector even2 =
            x2.fma(FloatVector.broadcast(F, 1f / 4), x4.fma(FloatVector.broadcast(F, -5f / 4), x6));
        FloatVector odd2 = x5.fma(two, x1.fma(half, mid));
        even2.add(odd2).intoArray(y, yo + 3 * ys);
        even2.sub(odd2).intoArray(y, yo + 4 * ys);
        FloatVector evenHalf =
            x2.fma(FloatVector.broadcast(F, 4f), x4.fma(FloatVector.broadcast(F, -5f), x6));
        FloatVector oddHalf = x1.fma(two, x5.fma(half, mid));
        evenHalf.add(oddHalf).intoArray(y, yo + 5 * ys);
        evenHalf.sub(oddHalf).intoArray(y, yo + 6 * ys);
        FloatVector d = FloatVector.broadcast(F, 21f / 4);
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        x4.sub(x2).fma(d, x0.sub(x6)).intoArray(y, yo);
        FloatVector x7 = FloatVector.fromArray(F, x, xo + 7 * xs);
        x3.sub(x5).fma(d, x7.sub(x1)).intoArray(y, yo + 7 * ys);
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
      FloatVector even2 = g2.fma(FloatVector.broadcast(F, 4f), g0);
      FloatVector odd2 = g3.fma(FloatVector.broadcast(F, 8f), g1.add(g1));
      even2.add(odd2).mul(1f / 90).intoArray(y, to + 3 * ys);
      even2.sub(odd2).mul(1f / 90).intoArray(y, to + 4 * ys);
      FloatVector evenHalf = g2.fma(FloatVector.broadcast(F, 1f / 4), g0);
      FloatVector oddHalf = g3.fma(FloatVector.broadcast(F, 1f / 8), g1.mul(1f / 2));
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
      FloatVector even2 =
          g4.fma(FloatVector.broadcast(F, 16f), g2.fma(FloatVector.broadcast(F, 4f), g0));
      FloatVector odd2 = g3.fma(FloatVector.broadcast(F, 8f), g1.add(g1));
      even2.add(odd2).mul(1f / 90).intoArray(y, to + 3 * ys);
      even2.sub(odd2).mul(1f / 90).intoArray(y, to + 4 * ys);
      FloatVector evenHalf =
          g4.fma(FloatVector.broadcast(F, 1f / 16), g2.fma(FloatVector.broadcast(F, 1f / 4), g0));
      FloatVector oddHalf = g3.fma(FloatVector.broadcast(F, 1f / 8), g1.mul(1f / 2));
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
    for (int i = 0; i < 2 * n; i++) {
      int from = xo + (i >> 1) * step + (i & 1) * L;
      int to = yo + (i >> 1) * stepTo + (i & 1) * L;
      FloatVector x1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector x4 = FloatVector.fromArray(F, x, from + 4 * xs);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      FloatVector x6 = FloatVector.fromArray(F, x, from + 6 * xs);
      FloatVector x7 = FloatVector.fromArray(F, x, from + 7 * xs);
      FloatVector even = x1.add(x2);
      FloatVector odd = x1.sub(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector evenHalf = x5.add(x6);
      FloatVector oddHalf = x5.sub(x6);
      FloatVector.fromArray(F, x, from).add(even).add(even2).add(evenHalf).intoArray(y, to);
      FloatVector half = FloatVector.broadcast(F, 1f / 2);
      oddHalf.fma(half, odd2.add(odd2).add(odd)).intoArray(y, to + ys);
      FloatVector four = FloatVector.broadcast(F, 4f);
      FloatVector fourth = FloatVector.broadcast(F, 1f / 4);
      evenHalf.fma(fourth, even2.fma(four, even)).intoArray(y, to + 2 * ys);
      FloatVector eight = FloatVector.broadcast(F, 8f);
      FloatVector eighth = FloatVector.broadcast(F, 1f / 8);
      oddHalf.fma(eighth, odd2.fma(eight, odd)).add(x7).intoArray(y, to + 3 * ys);
    }
  }

  private static void output5(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < 2 * n; i++) {
      int from = xo + (i >> 1) * step + (i & 1) * L;
      int to = yo + (i >> 1) * stepTo + (i & 1) * L;
      FloatVector x1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector x4 = FloatVector.fromArray(F, x, from + 4 * xs);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      FloatVector x6 = FloatVector.fromArray(F, x, from + 6 * xs);
      FloatVector x7 = FloatVector.fromArray(F, x, from + 7 * xs);
      FloatVector even = x1.add(x2);
      FloatVector odd = x1.sub(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector evenHalf = x5.add(x6);
      FloatVector oddHalf = x5.sub(x6);
      FloatVector.fromArray(F, x, from).add(even).add(even2).add(evenHalf).intoArray(y, to);
      FloatVector half = FloatVector.broadcast(F, 1f / 2);
      oddHalf.fma(half, odd2.add(odd2).add(odd)).intoArray(y, to + ys);
      FloatVector four = FloatVector.broadcast(F, 4f);
      FloatVector fourth = FloatVector.broadcast(F, 1f / 4);
      evenHalf.fma(fourth, even2.fma(four, even)).intoArray(y, to + 2 * ys);
      FloatVector eight = FloatVector.broadcast(F, 8f);
      FloatVector eighth = FloatVector.broadcast(F, 1f / 8);
      oddHalf.fma(eighth, odd2.fma(eight, odd)).intoArray(y, to + 3 * ys);
      FloatVector sixteen = FloatVector.broadcast(F, 16f);
      FloatVector sixteenth = FloatVector.broadcast(F, 1f / 16);
      evenHalf.fma(sixteenth, even2.fma(sixteen, even)).add(x7).intoArray(y, to + 4 * ys);
    }
  }
}
