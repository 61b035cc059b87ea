package dev.bagel.tensor.kernel;

import java.util.Arrays;

/**
 * A batch of matrix products: rows of C are sums of rows of B, panel by panel over k.
 *
 * <p>A task is a block of C. Loading a panel is where B is turned over if it has to be, which pays
 * from some rows on; one or two rows are scalar products instead. C is cut by size and k never, so
 * the bits do not depend on the number of threads.
 */
final class RowProduct implements Kernel {
  /** Rows from which on it pays to turn over a transposed B. */
  private static final int FEW = 4;

  /** Rows of a task, at least: for fewer, copying B takes too large a part. */
  private static final int LEAST = 64;

  /** Least number of tasks that a large product is cut into. */
  private static final int TASKS = 8;

  /** Multiplications that are worth a task of their own. */
  private static final long TASK = 1 << 18;

  private final Product g;
  private final Span a;
  private final Span b;
  private final Span c;
  private final Epilogue then;
  private final int[] row; // where the rows of A begin
  private final int[] step; // where, from there, their elements are
  private final int blockRows;
  private final int blockColumns;
  private final int down;
  private final int across;
  private final Parallel.Body task;
  private final Parallel.Body turn = this::turn;
  private final boolean keeps; // B turned over, for the runs to come
  private boolean ran;
  private float[] turned; // [product][k][n]

  RowProduct(Product g, Span a, Span b, Span c, Epilogue then) {
    this.g = g;
    this.a = a;
    this.b = b;
    this.c = c;
    this.then = then;
    row = new int[g.m()];
    Arrays.setAll(row, i -> i * (g.transA() ? 1 : g.k()));
    step = new int[g.k()];
    Arrays.setAll(step, l -> l * (g.transA() ? g.m() : 1));
    blockColumns = Math.max(1, Math.min(g.n(), RowPanel.WIDTH));
    across = (g.n() + blockColumns - 1) / blockColumns;
    long work = (long) g.m() * g.n() * g.k();
    long tasks = Math.max(1, Math.min(TASKS / Math.max(1, across), work / TASK));
    int even = (int) ((g.m() + tasks - 1) / tasks);
    blockRows = Math.min(g.m(), Math.max(LEAST, Math.min(RowPanel.ROWS, even)));
    down = blockRows == 0 ? 0 : (g.m() + blockRows - 1) / blockRows;
    boolean dots = g.transB() && g.m() < FEW;
    task = dots ? this::dots : this::sums;
    keeps = g.transB() && b.fixed() && !dots;
  }

  @Override
  public void run() {
    if (keeps && ran && turned == null) { // one run alone would not win it back
      int products = g.strideB() == 0 ? 1 : g.batch();
      turned = new float[products * g.k() * g.n()];
      Parallel.run(products * across, turn);
    }
    ran = true;
    Parallel.run(g.batch() * down * across, task);
  }

  private void turn(int grain) {
    int product = grain / across;
    int j = grain % across * blockColumns;
    int columns = Math.min(blockColumns, g.n() - j);
    RowPanel panel = RowPanel.mine(RowPanel.DEPTH, 0, columns);
    for (int k = 0; k < g.k(); k += RowPanel.DEPTH) {
      int depth = Math.min(RowPanel.DEPTH, g.k() - k);
      load(product, k, depth, j, columns, panel.x);
      for (int l = 0; l < depth; l++) {
        int to = (product * g.k() + k + l) * g.n() + j;
        System.arraycopy(panel.x[l], 0, turned, to, columns);
      }
    }
  }

  /** Some rows of op(B), from (k, j) on. */
  private void load(int product, int k, int depth, int j, int columns, float[][] x) {
    int from = b.offset() + product * g.strideB();
    if (g.transB()) {
      turn(b.array(), from + j * g.k() + k, g.k(), columns, depth, x);
    } else {
      copy(b.array(), from + k * g.n() + j, g.n(), columns, depth, x);
    }
  }

  /** y[l][j] = x[xo + l·pitch + j]. */
  private static void copy(float[] x, int xo, int pitch, int columns, int depth, float[][] y) {
    for (int l = 0; l < depth; l++) {
      System.arraycopy(x, xo + l * pitch, y[l], 0, columns);
    }
  }

  private void sums(int grain) {
    int product = grain / across / down;
    int i0 = grain / across % down * blockRows;
    int j0 = grain % across * blockColumns;
    int rows = Math.min(blockRows, g.m() - i0);
    int columns = Math.min(blockColumns, g.n() - j0);
    RowPanel panel = RowPanel.mine(RowPanel.DEPTH, rows, columns);
    panel.clear(rows, columns);
    for (int k = 0; k < g.k(); k += RowPanel.DEPTH) {
      int depth = Math.min(RowPanel.DEPTH, g.k() - k);
      if (turned == null) {
        load(product, k, depth, j0, columns, panel.x);
      } else {
        int from = (g.strideB() == 0 ? 0 : product) * g.k() + k;
        copy(turned, from * g.n() + j0, g.n(), columns, depth, panel.x);
      }
      panel.add(
          rows, depth, columns, a.array(), a.offset() + product * g.strideA(), row, i0, step, k);
    }
    for (int i = 0; i < rows; i++) {
      int to = (product * g.m() + i0 + i) * g.n() + j0;
      System.arraycopy(panel.y[i], 0, c.array(), c.offset() + to, columns);
      then.run(to, to + columns);
    }
  }

  /** y[l][j] = x[xo + j·pitch + l], eight rows of x at once: each line of it is read once. */
  static void turn(float[] x, int xo, int pitch, int columns, int depth, float[][] y) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      int at = xo + j * pitch;
      for (int l = 0; l < depth; l++, at++) {
        float[] to = y[l];
        to[j] = x[at];
        to[j + 1] = x[at + pitch];
        to[j + 2] = x[at + 2 * pitch];
        to[j + 3] = x[at + 3 * pitch];
        to[j + 4] = x[at + 4 * pitch];
        to[j + 5] = x[at + 5 * pitch];
        to[j + 6] = x[at + 6 * pitch];
        to[j + 7] = x[at + 7 * pitch];
      }
    }
    for (; j < columns; j++) {
      for (int l = 0; l < depth; l++) {
        y[l][j] = x[xo + j * pitch + l];
      }
    }
  }

  /** Few rows with a transposed B: reading B once is all that it costs. */
  private void dots(int grain) {
    int product = grain / across;
    int j0 = grain % across * blockColumns;
    int j1 = Math.min(g.n(), j0 + blockColumns);
    float[] left = a.array();
    float[] right = b.array();
    for (int i = 0; i < g.m(); i++) {
      int x = a.offset() + product * g.strideA() + row[i];
      int to = (product * g.m() + i) * g.n();
      for (int j = j0; j < j1; j++) {
        int y = b.offset() + product * g.strideB() + j * g.k();
        c.array()[c.offset() + to + j] = dot(g.k(), left, x, step, right, y);
      }
      then.run(to + j0, to + j1);
    }
  }

  /** In eight sums, since one would wait for the addition before. */
  private static float dot(int n, float[] a, int ao, int[] step, float[] b, int bo) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int l = 0;
    for (; l + 8 <= n; l += 8) {
      s0 += a[ao + step[l]] * b[bo + l];
      s1 += a[ao + step[l + 1]] * b[bo + l + 1];
      s2 += a[ao + step[l + 2]] * b[bo + l + 2];
      s3 += a[ao + step[l + 3]] * b[bo + l + 3];
      s4 += a[ao + step[l + 4]] * b[bo + l + 4];
      s5 += a[ao + step[l + 5]] * b[bo + l + 5];
      s6 += a[ao + step[l + 6]] * b[bo + l + 6];
      s7 += a[ao + step[l + 7]] * b[bo + l + 7];
    }
    for (; l < n; l++) {
      s0 += a[ao + step[l]] * b[bo + l];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }
}
