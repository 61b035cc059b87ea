package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;

/**
 * The transforms of {@link Winograd}: Toom and Cook's algorithm for short correlations.
 *
 * <p>A polynomial of degree n − 1 is known from its values at n − 1 points and its leading
 * coefficient, which is its value at ∞, so a product of two polynomials takes n multiplications.
 * Read backwards (transposed), that is a correlation of m outputs with r taps, m + r − 1 = n:
 *
 * <ul>
 *   <li>row i of Bᵀ has the coefficients of the polynomial that vanishes at all points but p_i; it
 *       depends on the points alone, so it serves any split of n into m and r;
 *   <li>row i of G has the powers of p_i, 0 … r − 1, divided by that polynomial's value at p_i;
 *   <li>column i of Aᵀ has the powers of p_i, 0 … m − 1. At ∞ a power is 1 if it is the last.
 * </ul>
 *
 * <p>More points take fewer multiplications for a pixel of the output, n²/m², and round more: eight
 * 1.7 times as much as six for 5×5 taps (√ of the mean square, 32 to 256 channels), where they take
 * 4 and 9. Products with the points, which are powers of two, are exact.
 *
 * <p>A tile of n² vectors would not fit the registers, so rows and columns are transformed one by
 * one. Each loop is written out until it is longer than 325 bytes of code, {@code FreqInlineSize}:
 * C2 would copy a shorter one into its caller, whose inlining budget is then spent before the last
 * vector operation, and what is not inlined is put on the heap, in some JVMs and not in others
 * (measured: every fourth attack was a quarter slower).
 */
sealed interface Toom permits SixPoints, EightPoints {
  /** The points for r×r taps, 3 or 5. */
  static Toom of(int r) {
    return r == 3 ? new SixPoints() : new EightPoints();
  }

  /** Points, and so samples of a tile along one side. */
  int points();

  /** m, the outputs along one side of a tile, with so many taps. */
  default int outputs(int r) {
    return points() + 1 - r;
  }

  /** Bᵀ along every row: y[row][tile][n][L] from x[row·pitch + tile·step + j·L]. */
  default void inputRows(
      int rows, int tiles, float[] x, int xo, int pitch, int step, float[] y, int yo) {
    int wide = points() * L;
    input(rows, tiles, x, xo, pitch, step, L, y, yo, tiles * wide, wide, L);
  }

  /** Bᵀ along the columns of one tile, whose rows are {@code pitch} apart. */
  default void inputColumns(float[] x, int xo, int pitch, float[] y, int yo, int point) {
    input(1, points(), x, xo, 0, L, pitch, y, yo, 0, point, points() * point);
  }

  /**
   * Bᵀ of n samples, {@code xs} apart, into n points, {@code ys} apart; for {@code n} steps of each
   * of {@code rows}.
   */
  void input(
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
      int ys);

  /**
   * G along the rows and then the columns of r×r taps: n² points from x[row·pitch + j·step].
   *
   * @param s room for r·n vectors from {@code so} on
   */
  void filter(
      int r,
      float[] x,
      int xo,
      int pitch,
      int step,
      float[] s,
      int so,
      float[] y,
      int yo,
      int point);

  /** Aᵀ along the columns of one tile: y[m][n][2·L] from the n² points of x, 2·L floats each. */
  default void outputColumns(int m, float[] x, int xo, int point, float[] y, int yo) {
    int wide = 2 * L;
    output(m, points(), x, xo, point, points() * point, y, yo, wide, points() * wide);
  }

  /** Aᵀ along one row of all tiles, {@code step} apart in x: y[tile][m][2·L]. */
  default void outputRows(int m, int tiles, float[] x, int xo, int step, float[] y, int yo) {
    int wide = 2 * L;
    output(m, tiles, x, xo, step, wide, y, yo, m * wide, wide);
  }

  /** Aᵀ of n points of two vectors, {@code xs} apart, into m outputs, {@code ys} apart. */
  void output(
      int m, int n, float[] x, int xo, int step, int xs, float[] y, int yo, int stepTo, int ys);
}
