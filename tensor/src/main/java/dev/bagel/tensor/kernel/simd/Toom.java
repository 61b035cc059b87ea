package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of {@link Winograd}: Toom and Cook's algorithm for short correlations, with the
 * points 0, 1, −1, 2, −2 and ∞.
 *
 * <p>A polynomial of degree 5 is known from its values at five points and its leading coefficient,
 * so a product of two polynomials takes six multiplications. Read backwards (transposed), that is a
 * correlation of m outputs with r taps, m + r − 1 = 6:
 *
 * <pre>
 *        ⎡ 4  0 -5  0  1  0 ⎤        ⎡  ¼     0    …         ⎤         ⎡ 1  1  1  1  1  0 ⎤
 *        ⎢ 0 -4 -4  1  1  0 ⎥        ⎢ -⅙·( 1   1   1  … )   ⎥         ⎢ 0  1 -1  2 -2  0 ⎥
 *   Bᵀ = ⎢ 0  4 -4 -1  1  0 ⎥    G = ⎢ -⅙·( 1  -1   1  … )   ⎥    Aᵀ = ⎢ 0  1  1  4  4  0 ⎥  for m = 4;
 *        ⎢ 0 -2 -1  2  1  0 ⎥        ⎢ 1/24·(1  2   4  … )   ⎥         ⎣ 0  1 -1  8 -8  1 ⎦
 *        ⎢ 0  2 -1 -2  1  0 ⎥        ⎢ 1/24·(1 -2   4  … )   ⎥
 *        ⎣ 0  4  0 -5  0  1 ⎦        ⎣      0       …      1 ⎦
 * </pre>
 *
 * <p>Bᵀ depends on the points alone: it serves 3 taps and 5. Rows i of G and columns i of Aᵀ are
 * powers of point i; for m = 2 the 1 of ∞ stands in row 2 of Aᵀ.
 *
 * <p>Each method is one loop whose body loads six vectors and stores what one row of the matrix
 * product is: a tile of 36 vectors would not fit the registers.
 */
final class Toom {
  /** Points, and so samples of a tile along one side. */
  static final int POINTS = 6;

  private Toom() {}

  /** Bᵀ along every row: y[row][tile][6][L] from x[row·pitch + tile·step + j·L]. */
  static void inputRows(
      int rows, int tiles, float[] x, int xo, int pitch, int step, float[] y, int yo) {
    for (int i = 0; i < rows; i++) {
      for (int t = 0; t < tiles; t++) {
        input(x, xo + i * pitch + t * step, L, y, yo + (i * tiles + t) * POINTS * L, L);
      }
    }
  }

  /** Bᵀ along the columns of one tile, whose rows are {@code pitch} apart. */
  static void inputColumns(float[] x, int xo, int pitch, float[] y, int yo, int point) {
    for (int j = 0; j < POINTS; j++) {
      input(x, xo + j * L, pitch, y, yo + j * point, POINTS * point);
    }
  }

  private static void input(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    FloatVector four = FloatVector.broadcast(F, 4f);
    FloatVector a = x4.sub(x2.mul(four));
    FloatVector b = x3.sub(x1.mul(four));
    a.add(b).intoArray(y, yo + ys);
    a.sub(b).intoArray(y, yo + 2 * ys);
    FloatVector c = x4.sub(x2);
    FloatVector d = x3.sub(x1);
    d = d.add(d);
    c.add(d).intoArray(y, yo + 3 * ys);
    c.sub(d).intoArray(y, yo + 4 * ys);
    FloatVector x0 = FloatVector.fromArray(F, x, xo);
    x0.sub(x2).mul(four).add(c).intoArray(y, yo); // 4 x0 − 5 x2 + x4
    FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
    x5.sub(x3).sub(d.add(d)).intoArray(y, yo + 5 * ys); // 4 x1 − 5 x3 + x5
  }

  /** G along every row of r×r taps: y[row][6][L] from x[row·pitch + j·step]. */
  static void filterRows(int r, float[] x, int xo, int pitch, int step, float[] y, int yo) {
    for (int i = 0; i < r; i++) {
      filter(r, x, xo + i * pitch, step, y, yo + i * POINTS * L, L);
    }
  }

  /** G along the columns of what {@link #filterRows} left. */
  static void filterColumns(int r, float[] x, int xo, float[] y, int yo, int point) {
    for (int j = 0; j < POINTS; j++) {
      filter(r, x, xo + j * L, POINTS * L, y, yo + j * point, POINTS * point);
    }
  }

  private static void filter(int r, float[] x, int xo, int xs, float[] y, int yo, int ys) {
    switch (r) {
      case 2 -> filter2(x, xo, xs, y, yo, ys);
      case 3 -> filter3(x, xo, xs, y, yo, ys);
      case 4 -> filter4(x, xo, xs, y, yo, ys);
      default -> filter5(x, xo, xs, y, yo, ys);
    }
  }

  private static void filter2(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector g0 = FloatVector.fromArray(F, x, xo);
    FloatVector g1 = FloatVector.fromArray(F, x, xo + xs);
    g0.mul(1f / 4).intoArray(y, yo);
    g0.add(g1).mul(-1f / 6).intoArray(y, yo + ys);
    g0.sub(g1).mul(-1f / 6).intoArray(y, yo + 2 * ys);
    FloatVector odd2 = g1.add(g1);
    g0.add(odd2).mul(1f / 24).intoArray(y, yo + 3 * ys);
    g0.sub(odd2).mul(1f / 24).intoArray(y, yo + 4 * ys);
    g1.intoArray(y, yo + 5 * ys);
  }

  private static void filter3(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector g0 = FloatVector.fromArray(F, x, xo);
    FloatVector g1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector g2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    g0.mul(1f / 4).intoArray(y, yo);
    FloatVector even = g0.add(g2);
    even.add(g1).mul(-1f / 6).intoArray(y, yo + ys);
    even.sub(g1).mul(-1f / 6).intoArray(y, yo + 2 * ys);
    FloatVector even2 = g0.add(g2.mul(4f));
    FloatVector odd2 = g1.add(g1);
    even2.add(odd2).mul(1f / 24).intoArray(y, yo + 3 * ys);
    even2.sub(odd2).mul(1f / 24).intoArray(y, yo + 4 * ys);
    g2.intoArray(y, yo + 5 * ys);
  }

  private static void filter4(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector g0 = FloatVector.fromArray(F, x, xo);
    FloatVector g1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector g2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector g3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    g0.mul(1f / 4).intoArray(y, yo);
    FloatVector even = g0.add(g2);
    FloatVector odd = g1.add(g3);
    even.add(odd).mul(-1f / 6).intoArray(y, yo + ys);
    even.sub(odd).mul(-1f / 6).intoArray(y, yo + 2 * ys);
    FloatVector even2 = g0.add(g2.mul(4f));
    FloatVector odd2 = g1.add(g1).add(g3.mul(8f));
    even2.add(odd2).mul(1f / 24).intoArray(y, yo + 3 * ys);
    even2.sub(odd2).mul(1f / 24).intoArray(y, yo + 4 * ys);
    g3.intoArray(y, yo + 5 * ys);
  }

  private static void filter5(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector g0 = FloatVector.fromArray(F, x, xo);
    FloatVector g1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector g2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector g3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector g4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    g0.mul(1f / 4).intoArray(y, yo);
    FloatVector even = g0.add(g2).add(g4);
    FloatVector odd = g1.add(g3);
    even.add(odd).mul(-1f / 6).intoArray(y, yo + ys);
    even.sub(odd).mul(-1f / 6).intoArray(y, yo + 2 * ys);
    FloatVector even2 = g0.add(g2.mul(4f)).add(g4.mul(16f));
    FloatVector odd2 = g1.add(g1).add(g3.mul(8f));
    even2.add(odd2).mul(1f / 24).intoArray(y, yo + 3 * ys);
    even2.sub(odd2).mul(1f / 24).intoArray(y, yo + 4 * ys);
    g4.intoArray(y, yo + 5 * ys);
  }

  /** Aᵀ along the columns of one tile: y[m][6][2·L] from the 36 points of x, 2·L floats each. */
  static void outputColumns(int m, float[] x, int xo, int point, float[] y, int yo) {
    int wide = 2 * L;
    for (int j = 0; j < POINTS; j++) {
      output(m, x, xo + j * point, POINTS * point, y, yo + j * wide, POINTS * wide);
    }
  }

  /** Aᵀ along one row of all tiles, {@code step} apart in x: y[tile][m][2·L]. */
  static void outputRows(int m, int tiles, float[] x, int xo, int step, float[] y, int yo) {
    int wide = 2 * L;
    for (int t = 0; t < tiles; t++) {
      output(m, x, xo + t * step, wide, y, yo + t * m * wide, wide);
    }
  }

  private static void output(int m, float[] x, int xo, int xs, float[] y, int yo, int ys) {
    for (int h = 0; h < 2 * L; h += L) {
      switch (m) {
        case 2 -> output2(x, xo + h, xs, y, yo + h, ys);
        case 3 -> output3(x, xo + h, xs, y, yo + h, ys);
        case 4 -> output4(x, xo + h, xs, y, yo + h, ys);
        default -> output5(x, xo + h, xs, y, yo + h, ys);
      }
    }
  }

  private static void output2(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    FloatVector odd2 = x3.sub(x4);
    FloatVector even = x1.add(x2).add(x3.add(x4));
    FloatVector.fromArray(F, x, xo).add(even).intoArray(y, yo);
    FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
    x1.sub(x2).add(odd2.add(odd2)).add(x5).intoArray(y, yo + ys);
  }

  private static void output3(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    FloatVector even = x1.add(x2);
    FloatVector even2 = x3.add(x4);
    FloatVector odd2 = x3.sub(x4);
    FloatVector.fromArray(F, x, xo).add(even).add(even2).intoArray(y, yo);
    x1.sub(x2).add(odd2.add(odd2)).intoArray(y, yo + ys);
    FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
    even.add(even2.mul(4f)).add(x5).intoArray(y, yo + 2 * ys);
  }

  private static void output4(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    FloatVector even = x1.add(x2);
    FloatVector odd = x1.sub(x2);
    FloatVector even2 = x3.add(x4);
    FloatVector odd2 = x3.sub(x4);
    odd2 = odd2.add(odd2);
    FloatVector.fromArray(F, x, xo).add(even).add(even2).intoArray(y, yo);
    odd.add(odd2).intoArray(y, yo + ys);
    even.add(even2.mul(4f)).intoArray(y, yo + 2 * ys);
    odd.add(odd2.mul(4f)).add(FloatVector.fromArray(F, x, xo + 5 * xs)).intoArray(y, yo + 3 * ys);
  }

  private static void output5(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
    FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
    FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
    FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
    FloatVector even = x1.add(x2);
    FloatVector odd = x1.sub(x2);
    FloatVector even2 = x3.add(x4);
    FloatVector odd2 = x3.sub(x4);
    odd2 = odd2.add(odd2);
    FloatVector.fromArray(F, x, xo).add(even).add(even2).intoArray(y, yo);
    odd.add(odd2).intoArray(y, yo + ys);
    even2 = even2.mul(4f);
    even.add(even2).intoArray(y, yo + 2 * ys);
    odd.add(odd2.mul(4f)).intoArray(y, yo + 3 * ys);
    FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
    even.add(even2.mul(4f)).add(x5).intoArray(y, yo + 4 * ys);
  }
}
