package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.List;

/**
 * One row times a matrix that fits the second-level cache: a dense layer of a small network, for a
 * single example.
 *
 * <p>The matrix is packed into panels [k][4 vectors], so that a panel's sums stay in registers, and
 * elements of the row that are zero, as behind a rectifier, are skipped.
 */
final class PackedMatVec implements Kernel {
  /** Elements of the matrix, at most: half of a second-level cache of 1 MB. */
  private static final int MOST = 1 << 17;

  private static final int WIDE = 4 * L;

  /** Panels of one task. */
  private static final int PANELS = 8;

  /** Rows of all panels that are worth a second thread. */
  private static final int WORTH = 1 << 11;

  private final Product g;
  private final Span a;
  private final Span b;
  private final Span c;
  private final Epilogue then;
  private final boolean skips;
  private final float[] weights; // the elements of the row that count
  private final int[] at; // and where in a panel their rows are
  private int some;
  private final Prepared prepared;
  private float[] panels;
  private final Parallel.Body task = this::task;

  /** Whether this is a product of that kind. */
  static boolean fits(Product g) {
    return g.m() == 1 && g.batch() == 1 && (long) g.n() * g.k() <= MOST;
  }

  PackedMatVec(Product g, Span a, Span b, Span c, Epilogue then) {
    this.g = g;
    this.a = a;
    this.b = b;
    this.c = c;
    this.then = then;
    skips = MatVec.mayBeSkipped(b);
    weights = new float[g.k() + 1];
    at = new int[g.k() + 1];
    int count = pieces(g.n(), WIDE);
    Object order = List.of("vector", g.n(), g.k(), g.transB());
    prepared = new Prepared(b, order, count * WIDE * g.k(), count, this::pack);
  }

  private void pack(float[] to, int panel) {
    int j = panel * WIDE;
    int columns = Math.min(WIDE, g.n() - j);
    int first = panel * WIDE * g.k();
    if (g.transB()) {
      int from = b.offset() + j * g.k();
      Lanes.interleave(b.array(), from, g.k(), columns, WIDE, g.k(), to, first, WIDE);
      return;
    }
    for (int k = 0; k < g.k(); k++) {
      int row = first + k * WIDE;
      System.arraycopy(b.array(), b.offset() + k * g.n() + j, to, row, columns);
      Arrays.fill(to, row + columns, row + WIDE, 0);
    }
  }

  @Override
  public void run() {
    panels = prepared.now();
    some = MatVec.select(skips, g.k(), a, 0, WIDE, weights, at);
    int count = pieces(g.n(), WIDE);
    if (count * some < WORTH) {
      piece(0, count);
    } else {
      Parallel.run(pieces(count, PANELS), task);
    }
  }

  private void task(int grain) {
    piece(grain * PANELS, Math.min(pieces(g.n(), WIDE), (grain + 1) * PANELS));
  }

  private void piece(int first, int end) {
    for (int panel = first; panel < end; panel++) {
      multiply(panel);
    }
    then.run(first * WIDE, Math.min(g.n(), end * WIDE));
  }

  private void multiply(int panel) {
    int j = panel * WIDE;
    int n = Math.min(WIDE, g.n() - j);
    int from = panel * WIDE * g.k();
    if (n == WIDE) {
      Tile.row(some, weights, 0, 1, panels, from, at, c.array(), c.offset() + j);
    } else {
      float[] s = Scratch.floats(WIDE);
      Tile.row(some, weights, 0, 1, panels, from, at, s, 0);
      System.arraycopy(s, 0, c.array(), c.offset() + j, n);
    }
  }
}
