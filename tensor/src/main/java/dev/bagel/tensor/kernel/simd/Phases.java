package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;

/**
 * A plane taken apart into the phases of its windows' stride (one or two columns), with a frame
 * around it where windows reach over its edge.
 *
 * <pre>
 *   stride 2×2      0 1 0 1 0 1      phase 0: 0 0 0      phase 1: 1 1 1   …
 *                   2 3 2 3 2 3               0 0 0               1 1 1
 *                   0 1 0 1 0 1
 *                   2 3 2 3 2 3
 * </pre>
 *
 * <p>A window's cells then lie at a few constant distances ({@link #cells}) from its place in phase
 * 0, and vectors run along the line of all windows.
 *
 * <p>A line has {@link #pitch} places for each row of windows: those behind the last window of a
 * row hold nothing.
 */
final class Phases {
  private final Window g;
  private final int rows; // of the framed plane
  private final boolean framed;
  private final int phase; // floats of a phase

  /** Distance of a row from the next, in a phase and in a line. */
  final int pitch;

  /** Floats of all phases. */
  final int plane;

  /** Places of all windows, in whole vectors. */
  final int line;

  /** Distances of the cells of a window, row by row. */
  final int[] cells;

  Phases(Window g) {
    this.g = g;
    int bottom = Math.max(g.top() + g.h(), (g.oh() - 1) * g.strideY() + g.kh());
    int right = Math.max(g.left() + g.w(), (g.ow() - 1) * g.strideX() + g.kw());
    rows = bottom;
    framed = bottom > g.h() || right > g.w();
    pitch = pieces(right, g.strideX());
    phase = pieces(rows, g.strideY()) * pitch + 2 * L; // room for whole vectors
    plane = up(phase * g.strideY() * g.strideX() + 2 * L, L);
    line = up((g.oh() - 1) * pitch + g.ow(), L);
    cells = new int[g.kh() * g.kw()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = row(i / g.kw()) + i % g.kw() % g.strideX() * phase + i % g.kw() / g.strideX();
    }
  }

  /** Where a row of the framed plane begins, in the first phase of its columns. */
  private int row(int r) {
    return r % g.strideY() * g.strideX() * phase + r / g.strideY() * pitch;
  }

  /** Where the first column of the image is, in phases of its own. */
  private int column(int v) {
    return (g.left() + v) % g.strideX() * phase + (g.left() + v) / g.strideX();
  }

  /**
   * Takes a plane of x apart. Behind the plane, x has room for whole vectors to be read; what they
   * spill over the frame is undone by {@link #frame}.
   */
  void split(float[] x, int xo, float[] s, int so) {
    for (int r = 0; r < g.h(); r++) {
      int from = xo + r * g.w();
      int to = so + row(g.top() + r);
      if (g.strideX() == 1) {
        Lanes.copy(x, from, s, to + g.left(), g.w(), s.length);
      } else {
        Stride2.split(x, from, g.w(), s, to + column(0), to + column(1));
      }
    }
  }

  /** Fills the frame around the plane. */
  void frame(float[] s, int so, float value) {
    int sx = g.strideX();
    for (int r = 0; r < rows && framed; r++) {
      boolean inside = r >= g.top() && r < g.top() + g.h();
      for (int p = 0; p < sx; p++) {
        int left = inside ? pieces(Math.max(0, g.left() - p), sx) : pitch;
        int right = inside ? pieces(g.left() + g.w() - p, sx) : pitch;
        int at = so + row(r) + p * phase;
        Arrays.fill(s, at, at + left, value);
        Arrays.fill(s, at + right, at + pitch, value);
      }
    }
  }

  /** Puts a plane together; y ends at {@code limit}. */
  void join(float[] s, int so, float[] y, int yo, int limit) {
    for (int r = 0; r < g.h(); r++) {
      int from = so + row(g.top() + r);
      int to = yo + r * g.w();
      if (g.strideX() == 1) {
        Lanes.copy(s, from + g.left(), y, to, g.w(), limit);
      } else {
        Stride2.join(s, from + column(0), from + column(1), y, to, g.w(), limit);
      }
    }
  }

  /** Spreads the results of a plane's windows along a line, with zeros between the rows. */
  void spread(float[] y, int yo, float[] s, int so) {
    Arrays.fill(s, so, so + line, 0);
    for (int r = 0; r < g.oh(); r++) {
      System.arraycopy(y, yo + r * g.ow(), s, so + r * pitch, g.ow());
    }
  }

  /** The inverse of {@link #spread}. */
  void gather(float[] s, int so, float[] y, int yo) {
    int limit = yo + g.oh() * g.ow();
    Lanes.copyRows(s, so, pitch, y, yo, g.ow(), g.ow(), g.oh(), limit);
  }
}
