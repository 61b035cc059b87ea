package dev.bagel.tensor.kernel.simd;

import dev.bagel.tensor.kernel.Conv;
import java.util.ArrayList;
import java.util.List;

/**
 * A sum over shifted planes: {@code y[r, q] = Σ_t w[tap t] · plane[phase t][r + row t, q + column
 * t]}, where a plane's phase holds every {@code stride}-th row and column of it.
 *
 * <p>A convolution with a stride is one such sum over stride² phases of its input. Its input
 * gradient is stride² such sums over the one phase of ȳ, each of which gives one phase of x̄. So
 * both are the same loop over neighbours, without a stride.
 *
 * @param rows rows of the result
 * @param columns columns of the result
 * @param stepY rows from one row of the result to the next in the plane that it is written to
 * @param stepX columns, likewise
 * @param startY row of that plane where the result begins
 * @param startX column, likewise
 * @param all the taps
 */
record Taps(
    int rows, int columns, int stepY, int stepX, int startY, int startX, List<Taps.Tap> all) {
  /**
   * One element of the filter.
   *
   * @param filter its place u·kw + v
   * @param phase the phase that it reads, py·strideX + px
   * @param row how many rows of the phase below the result's row
   * @param column how many columns to the right
   */
  record Tap(int filter, int phase, int row, int column) {}

  /** y = x ⋆ w as one sum. */
  static List<Taps> forward(Conv g) {
    List<Tap> all = new ArrayList<>();
    for (int u = 0; u < g.kh(); u++) {
      for (int v = 0; v < g.kw(); v++) {
        int y = u * g.dilationY() - g.top();
        int x = v * g.dilationX() - g.left();
        int phase = Math.floorMod(y, g.strideY()) * g.strideX() + Math.floorMod(x, g.strideX());
        all.add(
            new Tap(
                u * g.kw() + v,
                phase,
                Math.floorDiv(y, g.strideY()),
                Math.floorDiv(x, g.strideX())));
      }
    }
    return List.of(new Taps(g.oh(), g.ow(), 1, 1, 0, 0, all));
  }

  /** x̄ from ȳ as one sum for each phase of x̄. */
  static List<Taps> input(Conv g) {
    List<Taps> sums = new ArrayList<>();
    for (int py = 0; py < Math.min(g.strideY(), g.h()); py++) {
      for (int px = 0; px < Math.min(g.strideX(), g.w()); px++) {
        List<Tap> all = new ArrayList<>();
        for (int u = 0; u < g.kh(); u++) {
          for (int v = 0; v < g.kw(); v++) {
            int y = py + g.top() - u * g.dilationY();
            int x = px + g.left() - v * g.dilationX();
            if (y % g.strideY() == 0 && x % g.strideX() == 0) {
              all.add(new Tap(u * g.kw() + v, 0, y / g.strideY(), x / g.strideX()));
            }
          }
        }
        sums.add(
            new Taps(
                Lanes.pieces(g.h() - py, g.strideY()),
                Lanes.pieces(g.w() - px, g.strideX()),
                g.strideY(),
                g.strideX(),
                py,
                px,
                all));
      }
    }
    return sums;
  }
}
