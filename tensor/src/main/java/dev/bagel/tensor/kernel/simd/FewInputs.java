package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution of at most four channels, which is a first layer, with any stride.
 *
 * <p>So little input can be copied once for each column of the filter, shifted so that the pixels
 * that a tap reads lie as the pixels of the result do: row after row without a gap. So tiles run
 * over the planes of the result and write them where they belong.
 *
 * <pre>
 *   x[c]       copy (c, 0)   copy (c, 1)   copy (c, 2)        y[o]
 *   a b c        0 a b         a b c         b c 0           r₀ r₁ r₂
 *   d e f   →    0 d e         d e f         e f 0     →     r₃ r₄ r₅
 *   g h i        0 g h         g h i         h i 0           r₆ r₇ r₈
 * </pre>
 */
final class FewInputs implements Kernel {
  /** Floats of copies that a task holds: half of a second-level cache of 1 MB. */
  private static final int MOST = 1 << 17;

  private static final int ROWS = Tile.ROWS;
  private static final int WIDE = Tile.COLUMNS;

  private final Conv g;
  private final Span x;
  private final Span filters;
  private final Span y;
  private final Epilogue then;
  private final int taps; // of a filter, over all channels
  private final int panels; // of eight outputs
  private final int bandRows; // rows of the result of a task
  private final int bands;
  private final int copy; // floats of one copy
  private final int copies; // of a channel: one for each column of the filter and phase of its rows
  private final int[] at; // for every (channel, tap)
  private final Prepared weights; // [panel][channel, tap][8]
  private float[] packed;
  private final Parallel.Body task = this::task;

  /** Whether this is a first layer, with whole tiles of outputs. */
  static boolean fits(Conv g) {
    return g.c() >= 1
        && g.c() <= 4
        && g.groups() == 1
        && g.dilationY() == 1
        && g.o() % 4 == 0
        && g.o() >= ROWS
        && (g.ow() >= WIDE || (g.oh() * g.ow() >= WIDE && bandRows(g) >= g.oh()));
  }

  /** Rows of the result whose copies fit. */
  private static int bandRows(Conv g) {
    int rows = MOST / (g.c() * g.kw() * g.strideY() * g.ow()) - (g.kh() - 1) / g.strideY();
    return Math.max(1, Math.min(g.oh(), rows));
  }

  FewInputs(Conv g, Span x, Span filters, Span y, Epilogue then) {
    this.g = g;
    this.x = x;
    this.filters = filters;
    this.y = y;
    this.then = then;
    taps = g.c() * g.kh() * g.kw();
    panels = pieces(g.o(), ROWS);
    copies = g.kw() * g.strideY();
    int below = (g.kh() - 1) / g.strideY();
    bandRows = bandRows(g);
    bands = pieces(g.oh(), bandRows);
    copy = (bandRows + below) * g.ow();
    at = new int[taps];
    for (int t = 0; t < taps; t++) {
      int u = t / g.kw() % g.kh();
      int plane = (t / g.kw() / g.kh() * g.kw() + t % g.kw()) * g.strideY() + u % g.strideY();
      at[t] = plane * copy + u / g.strideY() * g.ow();
    }
    Object order = List.of("few inputs", g.o(), taps);
    weights = new Prepared(filters, order, panels * taps * ROWS, panels, this::pack);
  }

  private void pack(float[] to, int panel) {
    int rows = Math.min(ROWS, g.o() - panel * ROWS);
    int from = filters.offset() + panel * ROWS * taps;
    Lanes.interleave(filters.array(), from, taps, rows, ROWS, taps, to, panel * taps * ROWS, ROWS);
  }

  @Override
  public void run() {
    packed = weights.now();
    Parallel.run(g.n() * bands, task);
  }

  private void task(int grain) {
    int image = grain / bands;
    int first = grain % bands * bandRows;
    float[] s = Scratch.floats(g.c() * copies * copy);
    load(s, image, first);
    int plane = g.oh() * g.ow();
    int pixels = Math.min(bandRows, g.oh() - first) * g.ow();
    int to = y.offset() + image * g.o() * plane + first * g.ow();
    for (int i = 0; i < pixels; i += WIDE) {
      int j = Math.min(i, pixels - WIDE); // the last pixels are computed twice
      for (int panel = 0; panel < panels; panel++) {
        int rows = Math.min(ROWS, g.o() - panel * ROWS);
        int a = panel * taps * ROWS;
        int c = to + panel * ROWS * plane + j;
        Tile.packed(false, rows, taps, packed, a, ROWS, s, j, at, y.array(), c, plane);
      }
    }
    int from = first * g.ow();
    Planes.finish(then, image * g.o(), g.o(), plane, from, pixels);
  }

  private void load(float[] s, int image, int first) {
    int to = 0;
    for (int c = 0; c < g.c(); c++) {
      int plane = x.offset() + (image * g.c() + c) * g.h() * g.w();
      for (int v = 0; v < g.kw(); v++) {
        int left = v * g.dilationX() - g.left();
        for (int phase = 0; phase < g.strideY(); phase++, to += copy) {
          for (int r = 0; r < copy / g.ow(); r++) {
            int row = (first + r) * g.strideY() + phase - g.top();
            int at = to + r * g.ow();
            if (row < 0 || row >= g.h()) {
              Arrays.fill(s, at, at + g.ow(), 0);
            } else {
              shifted(plane + row * g.w(), left, s, at);
            }
          }
        }
      }
    }
  }

  /** Every strideX-th pixel of a row from column {@code left} on, zero outside it. */
  private void shifted(int row, int left, float[] s, int to) {
    int step = g.strideX();
    int q0 = Math.min(g.ow(), Math.max(0, pieces(-left, step)));
    int q1 = Math.max(q0, Math.min(g.ow(), Math.floorDiv(g.w() - 1 - left, step) + 1));
    for (int q = 0; q < q0; q++) {
      s[to + q] = 0;
    }
    if (step == 1 && q1 > q0) {
      System.arraycopy(x.array(), row + left + q0, s, to + q0, q1 - q0);
    } else {
      for (int q = q0; q < q1; q++) {
        s[to + q] = x.array()[row + left + q * step];
      }
    }
    for (int q = q1; q < g.ow(); q++) {
      s[to + q] = 0;
    }
  }
}
