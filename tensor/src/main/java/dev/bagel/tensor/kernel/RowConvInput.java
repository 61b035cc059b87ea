package dev.bagel.tensor.kernel;

import static dev.bagel.tensor.kernel.RowPanel.pieces;

import java.util.Arrays;

/**
 * The input gradient of a convolution, step by step backwards: where {@link RowConv} reads shifted
 * planes of x and sums them up, here rows of a {@link RowPanel} are first the sums over all
 * outputs, one for each tap, and then added to the planes of x̄ where the tap has read.
 *
 * <p>A task owns some channels of some images, so that no two tasks add to the same plane.
 */
final class RowConvInput implements Kernel {
  private final Conv g;
  private final Span dy;
  private final Span w;
  private final Span dx;
  private final Epilogue then;
  private final int taps; // of a filter's channel
  private final int[] row; // where in a group's filters a tap of a channel begins
  private final int[] step; // where, from there, those of the outputs are
  private final int channels; // of a task
  private final int parts;
  private final int band; // rows of ȳ that are summed up at once
  private final int images; // of a task
  private final Parallel.Body task = this::task;

  RowConvInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    this.g = g;
    this.dy = dy;
    this.w = w;
    this.dx = dx;
    this.then = then;
    taps = g.kh() * g.kw();
    row = new int[g.groupC() * taps];
    Arrays.setAll(row, i -> i);
    step = new int[g.groupO()];
    Arrays.setAll(step, o -> o * g.groupC() * taps);
    channels = Math.max(1, Math.min(g.groupC(), RowPanel.ROWS / taps));
    parts = pieces(g.groupC(), channels);
    band = pieces(g.oh(), Math.min(g.oh(), pieces(g.oh() * g.ow(), RowPanel.WIDTH)));
    images = Math.max(1, Math.min(g.n(), RowPanel.WIDTH / (g.oh() * g.ow())));
  }

  @Override
  public void run() {
    Parallel.run(pieces(g.n(), images) * g.groups() * parts, task);
  }

  private void task(int grain) {
    int c = grain % parts * channels;
    int group = grain / parts % g.groups();
    int image = grain / parts / g.groups() * images;
    int count = Math.min(channels, g.groupC() - c);
    int some = Math.min(images, g.n() - image);
    for (int i = 0; i < some; i++) {
      int to = dx.offset() + ((image + i) * g.c() + group * g.groupC() + c) * g.h() * g.w();
      Arrays.fill(dx.array(), to, to + count * g.h() * g.w(), 0);
    }
    for (int r = 0; r < g.oh(); r += band) {
      band(group, c, count, image, some, r, Math.min(band, g.oh() - r));
    }
    for (int i = 0; i < some; i++) {
      int from = ((image + i) * g.c() + group * g.groupC() + c) * g.h() * g.w();
      then.run(from, from + count * g.h() * g.w());
    }
  }

  private void band(int group, int c, int count, int image, int some, int r, int rows) {
    int pixels = rows * g.ow();
    int columns = some * pixels;
    RowPanel panel = RowPanel.mine(RowPanel.DEPTH, count * taps, columns);
    panel.clear(count * taps, columns);
    int filters = w.offset() + group * g.groupO() * g.groupC() * taps;
    for (int o = 0; o < g.groupO(); o += RowPanel.DEPTH) {
      int depth = Math.min(RowPanel.DEPTH, g.groupO() - o);
      for (int l = 0; l < depth; l++) {
        for (int i = 0; i < some; i++) {
          int plane = (image + i) * g.o() + group * g.groupO() + o + l;
          int from = dy.offset() + (plane * g.oh() + r) * g.ow();
          System.arraycopy(dy.array(), from, panel.x[l], i * pixels, pixels);
        }
      }
      panel.add(count * taps, depth, columns, w.array(), filters, row, c * taps, step, o);
    }
    for (int i = 0; i < count * taps; i++) {
      for (int j = 0; j < some; j++) {
        int plane = (image + j) * g.c() + group * g.groupC() + c + i / taps;
        scatter(panel.y[i], j * pixels, plane, i % taps, r, rows);
      }
    }
  }

  /** Adds what one tap contributes to a plane of x̄. */
  private void scatter(float[] y, int from, int plane, int tap, int r, int rows) {
    int left = tap % g.kw() * g.dilationX() - g.left();
    int q0 = Math.min(g.ow(), Math.max(0, pieces(-left, g.strideX())));
    int q1 = Math.max(q0, Math.min(g.ow(), pieces(g.w() - left, g.strideX())));
    float[] x = dx.array();
    for (int i = 0; i < rows; i++) {
      int line = (r + i) * g.strideY() + tap / g.kw() * g.dilationY() - g.top();
      if (line >= 0 && line < g.h()) {
        int to = dx.offset() + (plane * g.h() + line) * g.w() + left;
        int at = from + i * g.ow();
        if (g.strideX() == 1) {
          for (int q = q0; q < q1; q++) {
            x[to + q] += y[at + q];
          }
        } else {
          for (int q = q0; q < q1; q++) {
            x[to + q * g.strideX()] += y[at + q];
          }
        }
      }
    }
  }
}
