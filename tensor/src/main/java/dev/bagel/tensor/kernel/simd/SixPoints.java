package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Toom}'s transforms at the points 0, 1, −1, 2, −2 and ∞, for F(4×4, 3×3) and its transpose.
 *
 * <pre>
 *        ⎡ 4  0 -5  0  1  0 ⎤        ⎡  ¼     0    …         ⎤         ⎡ 1  1  1  1  1  0 ⎤
 *        ⎢ 0 -4 -4  1  1  0 ⎥        ⎢ -⅙·( 1   1   1  … )   ⎥         ⎢ 0  1 -1  2 -2  0 ⎥
 *   Bᵀ = ⎢ 0  4 -4 -1  1  0 ⎥    G = ⎢ -⅙·( 1  -1   1  … )   ⎥    Aᵀ = ⎢ 0  1  1  4  4  0 ⎥
 *        ⎢ 0 -2 -1  2  1  0 ⎥        ⎢ 1/24·(1  2   4  … )   ⎥         ⎣ 0  1 -1  8 -8  1 ⎦
 *        ⎢ 0  2 -1 -2  1  0 ⎥        ⎢ 1/24·(1 -2   4  … )   ⎥
 *        ⎣ 0  4  0 -5  0  1 ⎦        ⎣      0       …      1 ⎦
 * </pre>
 */
record SixPoints() implements Toom {
  private static final int POINTS = 6;

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
        FloatVector minusFour = FloatVector.broadcast(F, -4f);
        FloatVector a = x2.fma(minusFour, x4);
        FloatVector b = x1.fma(minusFour, x3);
        a.add(b).intoArray(y, yo + ys);
        a.sub(b).intoArray(y, yo + 2 * ys);
        FloatVector c = x4.sub(x2);
        FloatVector d = x3.sub(x1);
        FloatVector e = d.add(d);
        c.add(e).intoArray(y, yo + 3 * ys);
        c.sub(e).intoArray(y, yo + 4 * ys);
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        x2.sub(x0).fma(minusFour, c).intoArray(y, yo); // 4 x0 − 5 x2 + x4
        FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
        d.fma(minusFour, x5.sub(x3)).intoArray(y, yo + 5 * ys); // 4 x1 − 5 x3 + x5
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
    if (r == 3) {
      filter3(x, xo, pitch, step, s, so, y, yo, point);
    } else {
      filter4(x, xo, pitch, step, s, so, y, yo, point);
    }
  }

  private static void filter3(
      float[] x, int xo, int pitch, int step, float[] s, int so, float[] y, int yo, int point) {
    for (int i = 0; i < 3; i++) {
      int from = xo + i * pitch;
      int to = so + i * POINTS * L;
      FloatVector g0 = FloatVector.fromArray(F, x, from);
      FloatVector g1 = FloatVector.fromArray(F, x, from + step);
      FloatVector g2 = FloatVector.fromArray(F, x, from + 2 * step);
      g0.mul(1f / 4).intoArray(s, to);
      FloatVector even = g0.add(g2);
      even.add(g1).mul(-1f / 6).intoArray(s, to + L);
      even.sub(g1).mul(-1f / 6).intoArray(s, to + 2 * L);
      FloatVector even2 = g2.fma(FloatVector.broadcast(F, 4f), g0);
      FloatVector odd2 = g1.add(g1);
      even2.add(odd2).mul(1f / 24).intoArray(s, to + 3 * L);
      even2.sub(odd2).mul(1f / 24).intoArray(s, to + 4 * L);
      g2.intoArray(s, to + 5 * L);
    }
    int low = POINTS * L;
    int down = POINTS * point;
    for (int j = 0; j < POINTS; j++) {
      int from = so + j * L;
      int to = yo + j * point;
      FloatVector g0 = FloatVector.fromArray(F, s, from);
      FloatVector g1 = FloatVector.fromArray(F, s, from + low);
      FloatVector g2 = FloatVector.fromArray(F, s, from + 2 * low);
      g0.mul(1f / 4).intoArray(y, to);
      FloatVector even = g0.add(g2);
      even.add(g1).mul(-1f / 6).intoArray(y, to + down);
      even.sub(g1).mul(-1f / 6).intoArray(y, to + 2 * down);
      FloatVector even2 = g2.fma(FloatVector.broadcast(F, 4f), g0);
      FloatVector odd2 = g1.add(g1);
      even2.add(odd2).mul(1f / 24).intoArray(y, to + 3 * down);
      even2.sub(odd2).mul(1f / 24).intoArray(y, to + 4 * down);
      g2.intoArray(y, to + 5 * down);
    }
  }

  private static void filter4(
      float[] x, int xo, int pitch, int step, float[] s, int so, float[] y, int yo, int point) {
    for (int i = 0; i < 4; i++) {
      int from = xo + i * pitch;
      int to = so + i * POINTS * L;
      FloatVector g0 = FloatVector.fromArray(F, x, from);
      FloatVector g1 = FloatVector.fromArray(F, x, from + step);
      FloatVector g2 = FloatVector.fromArray(F, x, from + 2 * step);
      FloatVector g3 = FloatVector.fromArray(F, x, from + 3 * step);
      g0.mul(1f / 4).intoArray(s, to);
      FloatVector even = g0.add(g2);
      FloatVector odd = g1.add(g3);
      even.add(odd).mul(-1f / 6).intoArray(s, to + L);
      even.sub(odd).mul(-1f / 6).intoArray(s, to + 2 * L);
      FloatVector even2 = g2.fma(FloatVector.broadcast(F, 4f), g0);
      FloatVector odd2 = g3.fma(FloatVector.broadcast(F, 8f), g1.add(g1));
      even2.add(odd2).mul(1f / 24).intoArray(s, to + 3 * L);
      even2.sub(odd2).mul(1f / 24).intoArray(s, to + 4 * L);
      g3.intoArray(s, to + 5 * L);
    }
    int low = POINTS * L;
    int down = POINTS * point;
    for (int j = 0; j < POINTS; j++) {
      int from = so + j * L;
      int to = yo + j * point;
      FloatVector g0 = FloatVector.fromArray(F, s, from);
      FloatVector g1 = FloatVector.fromArray(F, s, from + low);
      FloatVector g2 = FloatVector.fromArray(F, s, from + 2 * low);
      FloatVector g3 = FloatVector.fromArray(F, s, from + 3 * low);
      g0.mul(1f / 4).intoArray(y, to);
      FloatVector even = g0.add(g2);
      FloatVector odd = g1.add(g3);
      even.add(odd).mul(-1f / 6).intoArray(y, to + down);
      even.sub(odd).mul(-1f / 6).intoArray(y, to + 2 * down);
      FloatVector even2 = g2.fma(FloatVector.broadcast(F, 4f), g0);
      FloatVector odd2 = g3.fma(FloatVector.broadcast(F, 8f), g1.add(g1));
      even2.add(odd2).mul(1f / 24).intoArray(y, to + 3 * down);
      even2.sub(odd2).mul(1f / 24).intoArray(y, to + 4 * down);
      g3.intoArray(y, to + 5 * down);
    }
  }

  @Override
  public void output(
      int m, int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    if (m == 3) {
      output3(n, x, xo, step, xs, y, yo, stepTo, ys);
    } else {
      output4(n, x, xo, step, xs, y, yo, stepTo, ys);
    }
  }

  private static void output3(
      int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys) {
    for (int i = 0; i < n; i++) {
      int from = xo + i * step;
      int to = yo + i * stepTo;
      FloatVector x1 = FloatVector.fromArray(F, x, from + xs);
      FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * xs);
      FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * xs);
      FloatVector x4 = FloatVector.fromArray(F, x, from + 4 * xs);
      FloatVector even = x1.add(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector.fromArray(F, x, from).add(even).add(even2).intoArray(y, to);
      FloatVector two = FloatVector.broadcast(F, 2f);
      odd2.fma(two, x1.sub(x2)).intoArray(y, to + ys);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      FloatVector four = FloatVector.broadcast(F, 4f);
      even2.fma(four, even).add(x5).intoArray(y, to + 2 * ys);
      FloatVector z1 = FloatVector.fromArray(F, x, from + L + xs);
      FloatVector z2 = FloatVector.fromArray(F, x, from + L + 2 * xs);
      FloatVector z3 = FloatVector.fromArray(F, x, from + L + 3 * xs);
      FloatVector z4 = FloatVector.fromArray(F, x, from + L + 4 * xs);
      FloatVector evenZ = z1.add(z2);
      FloatVector even2Z = z3.add(z4);
      FloatVector odd2Z = z3.sub(z4);
      FloatVector.fromArray(F, x, from + L).add(evenZ).add(even2Z).intoArray(y, to + L);
      odd2Z.fma(two, z1.sub(z2)).intoArray(y, to + L + ys);
      FloatVector z5 = FloatVector.fromArray(F, x, from + L + 5 * xs);
      even2Z.fma(four, evenZ).add(z5).intoArray(y, to + L + 2 * ys);
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
      FloatVector even = x1.add(x2);
      FloatVector odd = x1.sub(x2);
      FloatVector even2 = x3.add(x4);
      FloatVector odd2 = x3.sub(x4);
      FloatVector two = FloatVector.broadcast(F, 2f);
      FloatVector four = FloatVector.broadcast(F, 4f);
      FloatVector eight = FloatVector.broadcast(F, 8f);
      FloatVector.fromArray(F, x, from).add(even).add(even2).intoArray(y, to);
      odd2.fma(two, odd).intoArray(y, to + ys);
      even2.fma(four, even).intoArray(y, to + 2 * ys);
      FloatVector x5 = FloatVector.fromArray(F, x, from + 5 * xs);
      odd2.fma(eight, odd).add(x5).intoArray(y, to + 3 * ys);
      FloatVector z1 = FloatVector.fromArray(F, x, from + L + xs);
      FloatVector z2 = FloatVector.fromArray(F, x, from + L + 2 * xs);
      FloatVector z3 = FloatVector.fromArray(F, x, from + L + 3 * xs);
      FloatVector z4 = FloatVector.fromArray(F, x, from + L + 4 * xs);
      FloatVector evenZ = z1.add(z2);
      FloatVector oddZ = z1.sub(z2);
      FloatVector even2Z = z3.add(z4);
      FloatVector odd2Z = z3.sub(z4);
      FloatVector.fromArray(F, x, from + L).add(evenZ).add(even2Z).intoArray(y, to + L);
      odd2Z.fma(two, oddZ).intoArray(y, to + L + ys);
      even2Z.fma(four, evenZ).intoArray(y, to + L + 2 * ys);
      FloatVector z5 = FloatVector.fromArray(F, x, from + L + 5 * xs);
      odd2Z.fma(eight, oddZ).add(z5).intoArray(y, to + L + 3 * ys);
    }
  }
}
