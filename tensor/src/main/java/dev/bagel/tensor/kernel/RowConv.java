package dev.bagel.tensor.kernel;

import static dev.bagel.tensor.kernel.RowPanel.pieces;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Convolution: a plane of the result is a sum of shifted planes of the image, one for each channel
 * and tap and scaled by that tap, so these planes are the rows of a {@link RowPanel}.
 *
 * <p>A shifted plane has exactly the result's pixels. Taps in the same column of a filter differ by
 * whole rows: the plane is shifted sideways once, row by row with zeros where it leaves the image,
 * and each of the taps is then a single copy out of that.
 *
 * <pre>
 *   x[c]         one column to the right    the tap above, the tap below
 *   a b c        b c 0                      0 0 0     e f 0
 *   d e f   →    e f 0                 →    b c 0     h i 0
 *   g h i        h i 0                      e f 0     0 0 0
 * </pre>
 *
 * <p>A task is as many pixels as make long rows, of one or more images, and a block of outputs.
 */
final class RowConv implements Kernel {
  /** Least number of tasks that a kernel is cut into, where it can. */
  private static final int TASKS = 8;

  /** Outputs of a task, at least: for fewer, shifting planes takes too large a part. */
  private static final int LEAST = 32;

  /**
   * One element of a filter: pixel (r, q) of a result reads pixel (r·stride + row, q·stride +
   * column).
   */
  private record Tap(int filter, int row, int column) {}

  private final Conv g;
  private final Span x;
  private final Span w;
  private final Span y;
  private final Epilogue then;
  private final int oh;
  private final int ow;
  private final Tap[] taps; // those that share a shifted plane stand together
  private final int[] output; // where in the filters of a group those of an output begin
  private final int[] step; // where, from there, the taps of all channels are
  private final int images; // of a task
  private final int band; // rows of a task
  private final int bands;
  private final int block; // outputs of a task
  private final int blocks;
  private final Parallel.Body task = this::task;

  RowConv(Conv g, Span x, Span w, Span y, Epilogue then) {
    this.g = g;
    this.x = x;
    this.w = w;
    this.y = y;
    this.then = then;
    oh = g.oh();
    ow = g.ow();
    taps = new Tap[g.kh() * g.kw()];
    Arrays.setAll(
        taps,
        t ->
            new Tap(
                t, t / g.kw() * g.dilationY() - g.top(), t % g.kw() * g.dilationX() - g.left()));
    Arrays.sort(
        taps,
        Comparator.comparingInt((Tap t) -> Math.floorMod(t.row(), g.strideY()))
            .thenComparingInt(Tap::column)
            .thenComparingInt(Tap::row));
    output = new int[g.groupO()];
    Arrays.setAll(output, o -> o * g.groupC() * taps.length);
    step = new int[g.groupC() * taps.length];
    Arrays.setAll(step, k -> k / taps.length * taps.length + taps[k % taps.length].filter());
    images = Math.max(1, Math.min(g.n(), RowPanel.WIDTH / (oh * ow)));
    bands = Math.min(oh, pieces(oh * ow, RowPanel.WIDTH));
    band = pieces(oh, bands);
    int others = Math.max(1, pieces(g.n(), images) * bands * g.groups());
    int cut = Math.max(1, Math.min(pieces(TASKS, others), g.groupO() / LEAST));
    block = Math.max(1, Math.min(RowPanel.ROWS, pieces(g.groupO(), cut)));
    blocks = pieces(g.groupO(), block);
  }

  @Override
  public void run() {
    Parallel.run(pieces(g.n(), images) * bands * g.groups() * blocks, task);
  }

  private void task(int grain) {
    int o = grain % blocks * block;
    int group = grain / blocks % g.groups();
    int r = grain / blocks / g.groups() % bands * band;
    int image = grain / blocks / g.groups() / bands * images;
    int outputs = Math.min(block, g.groupO() - o);
    int rows = Math.min(band, oh - r);
    int some = Math.min(images, g.n() - image);
    if (rows <= 0) {
      return;
    }
    int pixels = rows * ow;
    RowPanel panel = RowPanel.mine(RowPanel.DEPTH, outputs, some * pixels);
    panel.clear(outputs, some * pixels);
    int filters = w.offset() + group * g.groupO() * step.length;
    for (int k = 0; k < step.length; k += RowPanel.DEPTH) {
      int depth = Math.min(RowPanel.DEPTH, step.length - k);
      load(panel.x, k, depth, image * g.groups() + group, some, r, rows);
      panel.add(outputs, depth, some * pixels, w.array(), filters, output, o, step, k);
    }
    for (int i = 0; i < outputs; i++) {
      for (int j = 0; j < some; j++) {
        int plane = ((image + j) * g.groups() + group) * g.groupO() + o + i;
        int to = (plane * oh + r) * ow;
        System.arraycopy(panel.y[i], j * pixels, y.array(), y.offset() + to, pixels);
        then.run(to, to + pixels);
      }
    }
  }

  /** Loads {@code depth} shifted planes, from (channel, tap) {@code k} on. */
  private void load(float[][] to, int k, int depth, int image, int images, int r, int rows) {
    int pixels = rows * ow;
    int before = -1; // the tap whose plane was shifted last
    for (int l = 0; l < depth; ) {
      int channel = (k + l) / taps.length;
      int t = (k + l) % taps.length;
      int first = t; // of the taps that share a plane
      while (first > 0 && together(first - 1, t)) {
        first--;
      }
      int end = t + 1;
      while (end < taps.length && together(t, end)) {
        end++;
      }
      int lines = rows + linesBetween(first, end - 1);
      float[] shifted = Scratch.floats(images * lines * ow);
      boolean slide =
          g.strideX() == 1 && first > 0 && before >= 0 && taps[first].row() == taps[before].row();
      int known = slide ? ow - (taps[first].column() - taps[before].column()) : 0;
      if (known > 0) {
        System.arraycopy(shifted, ow - known, shifted, 0, images * lines * ow - ow + known);
      }
      before = first;
      int used = Math.min(end, t + depth - l);
      for (int i = 0; i < images; i++) {
        int plane = (image + i * g.groups()) * g.groupC() + channel;
        int at = i * lines * ow;
        shift(taps[first], plane, r, lines, Math.max(0, known), shifted, at);
        for (int u = t; u < used; u++) {
          int from = at + linesBetween(first, u) * ow;
          System.arraycopy(shifted, from, to[l + u - t], i * pixels, pixels);
        }
      }
      l += used - t;
    }
  }

  private boolean together(int s, int t) {
    return taps[s].column() == taps[t].column()
        && (taps[t].row() - taps[s].row()) % g.strideY() == 0;
  }

  private int linesBetween(int s, int t) {
    return (taps[t].row() - taps[s].row()) / g.strideY();
  }

  /**
   * Rows of a plane as a tap sees them, from pixel {@code q} of each on, with zeros outside the
   * image.
   */
  private void shift(Tap tap, int plane, int r, int rows, int q, float[] to, int at) {
    int q0 = Math.min(ow, Math.max(q, pieces(-tap.column(), g.strideX())));
    int q1 = Math.max(q0, Math.min(ow, pieces(g.w() - tap.column(), g.strideX())));
    for (int i = 0; i < rows; i++, at += ow) {
      int row = (r + i) * g.strideY() + tap.row();
      if (row < 0 || row >= g.h()) {
        Arrays.fill(to, at + q, at + ow, 0);
        continue;
      }
      int from = x.offset() + (plane * g.h() + row) * g.w() + tap.column();
      for (int j = q; j < q0; j++) {
        to[at + j] = 0;
      }
      for (int j = q0; j < q1; j++) {
        to[at + j] = x.array()[from + j * g.strideX()];
      }
      for (int j = q1; j < ow; j++) {
        to[at + j] = 0;
      }
    }
  }
}
