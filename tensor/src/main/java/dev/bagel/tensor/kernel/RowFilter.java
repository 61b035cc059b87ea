package dev.bagel.tensor.kernel;

import static dev.bagel.tensor.kernel.RowPanel.pieces;

import java.util.Arrays;

/**
 * The filter gradient, {@code w̄[o, t] = Σ_pixels ȳ[o, pixel] · x[pixel + t]}, turned over: the row
 * of a tap holds all outputs, and is a sum of pixels of ȳ (all outputs of each) scaled by pixels of
 * x.
 *
 * <p>The images are cut into a number of chunks that depends on the shapes alone; each leaves sums
 * of its own, which are added up in order.
 */
final class RowFilter implements Kernel {
  /** Least number of tasks that a kernel is cut into, where it can. */
  private static final int TASKS = 8;

  /** Taps of a task are those of whole channels, if that many fit. */
  private static final int ROWS = RowPanel.ROWS;

  private final Conv g;
  private final Span x;
  private final Span dy;
  private final Span dw;
  private final int taps; // of all channels of a group
  private final int pixels;
  private final int planeH; // of a padded channel
  private final int planeW;
  private final int[] row; // where in padded planes the first pixel of a tap is
  private final int[] step; // where, from there, the others are
  private final int block; // outputs of a task
  private final int across;
  private final int down;
  private final int chunk; // images of a task
  private final int chunks;
  private final float[] sums; // [chunk][group][tap][output]
  private final Parallel.Body task = this::task;
  private final Parallel.Body finish = this::finish;

  RowFilter(Conv g, Span x, Span dy, Span dw) {
    this.g = g;
    this.x = x;
    this.dy = dy;
    this.dw = dw;
    int size = g.kh() * g.kw();
    taps = g.groupC() * size;
    pixels = g.oh() * g.ow();
    planeH =
        Math.max(g.h() + g.top(), (g.oh() - 1) * g.strideY() + (g.kh() - 1) * g.dilationY() + 1);
    planeW =
        Math.max(g.w() + g.left(), (g.ow() - 1) * g.strideX() + (g.kw() - 1) * g.dilationX() + 1);
    row = new int[taps];
    Arrays.setAll(
        row,
        t ->
            (t / size * planeH + t % size / g.kw() * g.dilationY()) * planeW
                + t % g.kw() * g.dilationX());
    step = new int[pixels];
    Arrays.setAll(step, p -> p / g.ow() * g.strideY() * planeW + p % g.ow() * g.strideX());
    block = Math.max(1, Math.min(g.groupO(), RowPanel.WIDTH));
    across = pieces(g.groupO(), block);
    down = pieces(taps, ROWS);
    int cut = Math.max(1, Math.min(g.n(), pieces(TASKS, Math.max(1, across * down * g.groups()))));
    chunk = Math.max(1, pieces(g.n(), cut));
    chunks = pieces(g.n(), chunk);
    sums = new float[chunks * g.filters().size()];
  }

  @Override
  public void run() {
    Parallel.run(chunks * g.groups() * down * across, task);
    Parallel.run(g.o(), finish);
  }

  private void task(int grain) {
    int o = grain % across * block;
    int t = grain / across % down * ROWS;
    int group = grain / across / down % g.groups();
    int part = grain / across / down / g.groups();
    int columns = Math.min(block, g.groupO() - o);
    int rows = Math.min(ROWS, taps - t);
    int first = t / (g.kh() * g.kw());
    int channels = (t + rows - 1) / (g.kh() * g.kw()) + 1 - first;
    float[] planes = Scratch.floats(channels * planeH * planeW);
    RowPanel panel = RowPanel.mine(RowPanel.DEPTH, rows, columns);
    panel.clear(rows, columns);
    for (int n = part * chunk; n < Math.min(g.n(), (part + 1) * chunk); n++) {
      pad(n * g.c() + group * g.groupC() + first, channels, planes);
      int from = dy.offset() + (n * g.o() + group * g.groupO() + o) * pixels;
      for (int p = 0; p < pixels; p += RowPanel.DEPTH) {
        int depth = Math.min(RowPanel.DEPTH, pixels - p);
        RowProduct.turn(dy.array(), from + p, pixels, columns, depth, panel.x);
        panel.add(rows, depth, columns, planes, -first * planeH * planeW, row, t, step, p);
      }
    }
    for (int i = 0; i < rows; i++) {
      int to = ((part * g.groups() + group) * taps + t + i) * g.groupO() + o;
      System.arraycopy(panel.y[i], 0, sums, to, columns);
    }
  }

  /** Copies some channels, each with the zeros around it. */
  private void pad(int plane, int channels, float[] y) {
    Arrays.fill(y, 0, channels * planeH * planeW, 0);
    for (int c = 0; c < channels; c++) {
      for (int r = 0; r < g.h(); r++) {
        int from = x.offset() + ((plane + c) * g.h() + r) * g.w();
        int to = (c * planeH + g.top() + r) * planeW + g.left();
        System.arraycopy(x.array(), from, y, to, g.w());
      }
    }
  }

  private void finish(int output) {
    int group = output / g.groupO();
    int o = output % g.groupO();
    for (int t = 0; t < taps; t++) {
      float sum = 0;
      for (int part = 0; part < chunks; part++) {
        sum += sums[((part * g.groups() + group) * taps + t) * g.groupO() + o];
      }
      dw.array()[dw.offset() + output * taps + t] = sum;
    }
  }
}
