package dev.bagel.tensor.kernel;

import java.util.Arrays;

/**
 * Max pooling.
 *
 * <p>The maximum of windows is taken for all pixels of a padded plane at once, first over columns
 * and then over rows, each time of a plane and a copy of it that is moved by a pixel or a row: two
 * arrays with one index, which C2 makes into vector instructions. The windows are then some of the
 * pixels.
 *
 * <p>Which cell is the largest is asked for each window, with integers from {@link Order} instead
 * of branches. The maximum over windows of 2×2 of 64×32 planes of 28×28 takes 1.4 ms, and 11 as the
 * reference has it.
 */
final class RowPool {
  /** Elements of a task. */
  private static final int TASK = 1 << 14;

  private final Window g;
  private final int h; // of a padded plane
  private final int w;
  private final int[] at; // cells of a window that lies in the image
  private final int perTask;

  private RowPool(Window g) {
    this.g = g;
    h = (g.oh() - 1) * g.strideY() + g.kh();
    w = (g.ow() - 1) * g.strideX() + g.kw();
    at = new int[g.kh() * g.kw()];
    Arrays.setAll(at, i -> i / g.kw() * g.w() + i % g.kw());
    perTask = Math.max(1, TASK / (h * w));
  }

  /** y[window] = max over the window. */
  static Kernel max(Window g, Span x, Span y) {
    RowPool pool = new RowPool(g);
    return pool.kernel(p -> pool.max(p, x, y));
  }

  /** y[window] = u[first place of the window where s is largest]. */
  static Kernel take(Window g, Span s, Span u, Span y) {
    RowPool pool = new RowPool(g);
    return pool.kernel(p -> pool.take(p, s, u, y));
  }

  /** x[first place of the window where s is largest] += y[window], and zero elsewhere. */
  static Kernel put(Window g, Span s, Span y, Span x, Epilogue then) {
    RowPool pool = new RowPool(g);
    int size = g.h() * g.w();
    return pool.kernel(
        p -> {
          pool.put(p, s, y, x);
          then.run(p * size, (p + 1) * size);
        });
  }

  private Kernel kernel(Parallel.Body plane) {
    int planes = g.n() * g.c();
    Parallel.Body some =
        grain -> {
          for (int p = grain * perTask; p < Math.min(planes, (grain + 1) * perTask); p++) {
            plane.run(p);
          }
        };
    return () -> Parallel.run((planes + perTask - 1) / perTask, some);
  }

  private void max(int plane, Span x, Span y) {
    RowPanel panel = RowPanel.mine(3, 0, h * w);
    float[] cells = panel.x[0];
    float[] best = panel.x[1];
    float[] moved = panel.x[2];
    pad(x.array(), x.offset() + plane * g.h() * g.w(), cells);
    System.arraycopy(cells, 0, best, 0, h * w);
    for (int v = 1; v < g.kw(); v++) {
      System.arraycopy(cells, v, moved, 0, h * w - v);
      ScalarKernels.max(h * w - v, best, moved);
    }
    System.arraycopy(best, 0, cells, 0, h * w);
    for (int u = 1; u < g.kh(); u++) {
      int n = (h - u) * w;
      System.arraycopy(cells, u * w, moved, 0, n);
      ScalarKernels.max(n, best, moved);
    }
    int to = y.offset() + plane * g.oh() * g.ow();
    for (int r = 0; r < g.oh(); r++) {
      int from = r * g.strideY() * w;
      for (int q = 0; q < g.ow(); q++) {
        y.array()[to++] = best[from + q * g.strideX()];
      }
    }
  }

  /** The part of a plane that windows see, with −∞ around the image. */
  private void pad(float[] x, int from, float[] y) {
    int rows = Math.min(g.h(), h - g.top());
    int columns = Math.min(g.w(), w - g.left());
    if (columns == w && g.w() == w) {
      Arrays.fill(y, 0, g.top() * w, Float.NEGATIVE_INFINITY);
      System.arraycopy(x, from, y, g.top() * w, rows * w);
      Arrays.fill(y, (g.top() + rows) * w, h * w, Float.NEGATIVE_INFINITY);
      return;
    }
    Arrays.fill(y, 0, h * w, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, from + r * g.w(), y, (g.top() + r) * w + g.left(), columns);
    }
  }

  private void take(int plane, Span s, Span u, Span y) {
    int in = plane * g.h() * g.w();
    int to = y.offset() + plane * g.oh() * g.ow();
    for (int r = 0; r < g.oh(); r++) {
      for (int q = 0; q < g.ow(); q++) {
        y.array()[to++] = u.array()[u.offset() + in + largest(s.array(), s.offset() + in, r, q)];
      }
    }
  }

  private void put(int plane, Span s, Span y, Span x) {
    int in = plane * g.h() * g.w();
    int from = y.offset() + plane * g.oh() * g.ow();
    int to = x.offset() + in;
    Arrays.fill(x.array(), to, to + g.h() * g.w(), 0);
    for (int r = 0; r < g.oh(); r++) {
      for (int q = 0; q < g.ow(); q++) {
        x.array()[to + largest(s.array(), s.offset() + in, r, q)] += y.array()[from++];
      }
    }
  }

  private int largest(float[] s, int plane, int r, int q) {
    int top = r * g.strideY() - g.top();
    int left = q * g.strideX() - g.left();
    if (top >= 0 && left >= 0 && top + g.kh() <= g.h() && left + g.kw() <= g.w()) {
      return largest(at, s, plane, top * g.w() + left);
    }
    int best = g.rowFrom(r) * g.w() + g.columnFrom(q);
    int order = Order.of(s[plane + best]);
    for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
      for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
        int mine = Order.of(s[plane + row * g.w() + column]);
        best += (row * g.w() + column - best) & Order.below(order, mine);
        order = Math.max(order, mine);
      }
    }
    return best;
  }

  /** The first of the largest cells of a window that begins at {@code from}. */
  private static int largest(int[] at, float[] s, int plane, int from) {
    int best = from;
    int order = Integer.MIN_VALUE;
    for (int cell : at) {
      int mine = Order.of(s[plane + from + cell]);
      best += (from + cell - best) & Order.below(order, mine);
      order = Math.max(order, mine);
    }
    return best;
  }
}
