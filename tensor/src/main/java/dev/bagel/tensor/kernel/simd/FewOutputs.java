package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Convolution to one or three channels, and the input gradient of a first layer, with stride 1:
 * first the sum over channels, then that over taps.
 *
 * <p>A tile has eight rows, and here there are fewer outputs. But there are eight pairs of an
 * output and a tap, and what each of them takes from a pixel is a product of matrices, {@code T[(o,
 * t), pixel] = Σ_c w[o, c, t] · x[c, pixel]}. The result is then a sum of shifted rows of it,
 * {@code y[o, pixel] = Σ_t T[(o, t), pixel + distance(t)]}: few additions beside the many
 * multiplications that went before, since those had all channels to sum over.
 *
 * <p>As in {@link DirectConv} an image is one line of pixels with zeros between its rows, so that a
 * tap is a distance.
 */
final class FewOutputs implements Kernel {
  /** Floats that a line of all channels and of T may take: a second-level cache of 1 MB. */
  private static final int MOST = 1 << 18;

  private static final int ROWS = Tile.ROWS;

  private final Span source;
  private final Span filters;
  private final Span result;
  private final Epilogue then;
  private final int images;
  private final int channels;
  private final int outputs;
  private final int h;
  private final int w;
  private final int outH;
  private final int outW;
  private final int taps;
  private final int filterChannel; // elements between the filters of two channels that are read
  private final int filterOutput; // elements between those of two outputs

  private final Line line;
  private final int[] distance; // of every tap
  private final int[] at; // where the lines of the channels begin
  private final int panels; // of eight (output, tap)
  private final int rowsAt; // T
  private final int sumAt;
  private final int size;
  private final Prepared weights; // [panel][channel][8]
  private float[] packed;
  private final Parallel.Body task = this::task;

  /**
   * An image as a line of pixels.
   *
   * @param pitch from row to row
   * @param before zeros before the first pixel, so many that no tap reads outside
   * @param length of the line, the zeros before and after it included
   */
  private record Line(int pitch, int before, int length) {
    static Line of(int w, int outH, int outW, Taps taps) {
      int left = -taps.all().stream().mapToInt(Taps.Tap::column).min().orElse(0);
      int right = taps.all().stream().mapToInt(Taps.Tap::column).max().orElse(0);
      int above = -taps.all().stream().mapToInt(Taps.Tap::row).min().orElse(0);
      int below = taps.all().stream().mapToInt(Taps.Tap::row).max().orElse(0);
      int pitch = Math.max(w + Math.max(0, left), outW + Math.max(0, right));
      int before = Math.max(0, above) * pitch + Math.max(0, left);
      int pixels = before + up(outH * pitch, Tile.COLUMNS) + Math.max(0, below) * pitch;
      return new Line(pitch, before, up(pixels + Math.max(0, right), Tile.COLUMNS));
    }
  }

  /** Whether there are few outputs, many channels, and images that fit a cache. */
  static boolean fits(Conv g, boolean forward) {
    int outputs = forward ? g.o() : g.c();
    int channels = forward ? g.c() : g.o();
    if (outputs > 3 || channels < 16 || g.groups() > 1 || g.strideX() > 1 || g.strideY() > 1) {
      return false;
    }
    Taps all = (forward ? Taps.forward(g) : Taps.input(g)).get(0);
    int w = forward ? g.w() : g.ow();
    int h = forward ? g.h() : g.oh();
    Line line = Line.of(w, Math.max(h, all.rows()), all.columns(), all);
    long floats = (long) line.length * (channels + up(outputs * g.kh() * g.kw(), ROWS));
    return outputs * g.kh() * g.kw() >= ROWS && floats <= MOST;
  }

  FewOutputs(Conv g, boolean forward, Span source, Span filters, Span result, Epilogue then) {
    this.source = source;
    this.filters = filters;
    this.result = result;
    this.then = then;
    images = g.n();
    taps = g.kh() * g.kw();
    channels = forward ? g.c() : g.o();
    outputs = forward ? g.o() : g.c();
    h = forward ? g.h() : g.oh();
    w = forward ? g.w() : g.ow();
    outH = forward ? g.oh() : g.h();
    outW = forward ? g.ow() : g.w();
    filterChannel = forward ? taps : g.c() * taps;
    filterOutput = forward ? g.c() * taps : taps;
    Taps sum = (forward ? Taps.forward(g) : Taps.input(g)).get(0);
    line = Line.of(w, Math.max(h, outH), outW, sum);
    distance = new int[taps];
    for (Taps.Tap t : sum.all()) {
      distance[t.filter()] = t.row() * line.pitch + t.column();
    }
    panels = pieces(outputs * taps, ROWS);
    at = new int[channels];
    Arrays.setAll(at, c -> c * line.length);
    rowsAt = channels * line.length;
    sumAt = rowsAt + panels * ROWS * line.length;
    size = sumAt + line.length;
    Object order = List.of("few outputs", forward, channels, outputs, taps);
    weights = new Prepared(filters, order, panels * ROWS * channels, panels, this::pack);
  }

  /** The weights of eight pairs (output, tap) for every channel. */
  private void pack(float[] to, int panel) {
    for (int i = 0; i < ROWS; i++) {
      int pair = Math.min(panel * ROWS + i, outputs * taps - 1);
      int from = filters.offset() + pair / taps * filterOutput + pair % taps;
      for (int c = 0; c < channels; c++) {
        to[(panel * channels + c) * ROWS + i] = filters.array()[from + c * filterChannel];
      }
    }
  }

  @Override
  public void run() {
    packed = weights.now();
    Parallel.run(images, task);
  }

  private void task(int image) {
    float[] s = Scratch.floats(size);
    for (int c = 0; c < channels; c++) {
      load(s, at[c], source.offset() + (image * channels + c) * h * w);
    }
    for (int panel = 0; panel < panels; panel++) {
      int a = panel * channels * ROWS;
      int to = rowsAt + panel * ROWS * line.length;
      int rows = Math.min(ROWS, outputs * taps - panel * ROWS);
      for (int j = 0; j < line.length; j += Tile.COLUMNS) {
        Tile.packed(false, rows, channels, packed, a, ROWS, s, j, at, s, to + j, line.length);
      }
    }
    for (int o = 0; o < outputs; o++) {
      int rows = rowsAt + o * taps * line.length + line.before;
      for (int p = 0; p < outH * line.pitch; p += L) {
        shifted(taps, s, rows + p, line.length, distance, s, sumAt + p);
      }
      int to = result.offset() + (image * outputs + o) * outH * outW;
      int end = to + outH * outW;
      Lanes.copyRows(s, sumAt, line.pitch, result.array(), to, outW, outW, outH, end);
    }
    then.run(image * outputs * outH * outW, (image + 1) * outputs * outH * outW);
  }

  private void load(float[] s, int to, int from) {
    int body = to + line.before;
    int end = to + line.length;
    Arrays.fill(s, to, body, 0);
    Lanes.copyRows(source.array(), from, w, s, body, line.pitch, w, h, end);
    for (int r = 0; r < h; r++) {
      int row = body + r * line.pitch;
      for (int q = row + w; q < Math.min(end, row + line.pitch); q++) {
        s[q] = 0;
      }
    }
    Arrays.fill(s, Math.min(end, body + h * line.pitch), end, 0);
  }

  /** y[0 … L) = Σ_t x[xo + t·row + distance[t] …]. */
  private static void shifted(
      int taps, float[] x, int xo, int row, int[] distance, float[] y, int yo) {
    FloatVector sum = FloatVector.zero(F);
    for (int t = 0; t < taps; t++) {
      sum = sum.add(FloatVector.fromArray(F, x, xo + t * row + distance[t]));
    }
    sum.intoArray(y, yo);
  }
}
