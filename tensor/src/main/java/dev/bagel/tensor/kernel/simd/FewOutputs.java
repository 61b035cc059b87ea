package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.I;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Convolution to at most three channels, and so the input gradient of a first layer, with stride 1:
 * first the sum over channels, then that over taps.
 *
 * <p>A tile has eight rows, and here there are fewer outputs. But there are eight pairs of an
 * output and a tap, and what each of them takes from a pixel is a product of matrices, {@code T[(o,
 * t), pixel] = Σ_c w[o, c, t] · x[c, pixel]}, in which x is read where it lies. The result is then
 * a sum of shifted planes of it, {@code y[o, pixel] = Σ_t T[(o, t), pixel + shift(t)]}: few
 * additions beside the many multiplications before, which had all channels to sum over. They are
 * done in rows that are longer than the image's, so that what is shifted over an edge falls beside
 * it.
 */
final class FewOutputs implements Kernel {
  /** Floats that T may take: half of a second-level cache of 1 MB. */
  private static final int MOST = 1 << 17;

  private static final int ROWS = Tile.ROWS;
  private static final int WIDE = Tile.COLUMNS;

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

  private final int[] down; // rows from a pixel to the one that each tap reads
  private final int[] right; // and columns
  private final int margin; // of a row of the sum, on its left
  private final int pitch; // from row to row of the sum
  private final int[] inside = new int[L]; // all ones in the lanes of a row's last, part vector
  private final int[] at; // where the planes of the channels begin
  private final int panels; // of eight (output, tap)
  private final int sumAt; // T is at 0
  private final int size;
  private final Prepared weights; // [panel][channel][8]
  private float[] packed;
  private final Parallel.Body task = this::task;

  /** Whether there are few outputs and many channels. */
  static boolean fits(Direction d) {
    int pixels = d.h() * d.w();
    int rows = up(d.outputs() * d.taps(), ROWS);
    return d.outputs() <= 3
        && d.channels() >= 16
        && d.g().groups() == 1
        && d.g().strideX() == 1
        && d.g().strideY() == 1
        && pixels >= WIDE
        && rows >= 2 * ROWS
        && (long) rows * pixels <= MOST;
  }

  FewOutputs(Direction d, Span source, Span filters, Span result, Epilogue then) {
    this.source = source;
    this.filters = filters;
    this.result = result;
    this.then = then;
    images = d.g().n();
    taps = d.taps();
    channels = d.channels();
    outputs = d.outputs();
    h = d.h();
    w = d.w();
    outH = d.outH();
    outW = d.outW();
    filterChannel = d.filterChannel();
    filterOutput = d.filterOutput();
    down = new int[taps];
    right = new int[taps];
    for (Taps.Tap t : d.sums().get(0).all()) {
      down[t.filter()] = t.row();
      right[t.filter()] = t.column();
    }
    margin = Math.max(0, Arrays.stream(right).max().orElse(0));
    int reach = Math.max(outW, w - Math.min(0, Arrays.stream(right).min().orElse(0)));
    pitch = margin + up(reach, L) + L;
    Arrays.fill(inside, 0, w % L, -1);
    panels = pieces(outputs * taps, ROWS);
    at = new int[channels];
    Arrays.setAll(at, c -> c * h * w);
    sumAt = panels * ROWS * h * w + L;
    size = sumAt + outH * pitch;
    Object order = d.order("few outputs");
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
    multiply(s, source.offset() + image * channels * h * w);
    for (int o = 0; o < outputs; o++) {
      Arrays.fill(s, sumAt, sumAt + outH * pitch, 0);
      for (int t = 0; t < taps; t++) {
        int first = Math.max(0, down[t]);
        int rows = Math.min(h, outH + down[t]) - first;
        int from = (o * taps + t) * h * w + first * w;
        int to = sumAt + (first - down[t]) * pitch + margin - right[t];
        add(rows, w, s, from, to, pitch, inside);
      }
      int to = result.offset() + (image * outputs + o) * outH * outW;
      int end = to + outH * outW;
      Lanes.copyRows(s, sumAt + margin, pitch, result.array(), to, outW, outW, outH, end);
    }
    then.run(image * outputs * outH * outW, (image + 1) * outputs * outH * outW);
  }

  /** T of one image; the last pixels are computed twice rather than half a tile. */
  private void multiply(float[] s, int from) {
    int pixels = h * w;
    for (int i = 0; i < pixels; i += WIDE) {
      int j = Math.min(i, pixels - WIDE);
      for (int panel = 0; panel < panels; panel++) {
        int a = panel * channels * ROWS;
        int rows = Math.min(ROWS, outputs * taps - panel * ROWS);
        int to = panel * ROWS * pixels + j;
        Tile.packed(
            false, rows, channels, packed, a, ROWS, source.array(), from + j, at, s, to, pixels);
      }
    }
  }

  /** s[to + row·pitch + q] += s[from + row·n + q] for q &lt; n. */
  private static void add(int rows, int n, float[] s, int from, int to, int pitch, int[] inside) {
    int whole = n - n % L;
    for (int r = 0; r < rows; r++) {
      int x = from + r * n;
      int y = to + r * pitch;
      for (int q = 0; q < whole; q += L) {
        FloatVector sum = FloatVector.fromArray(F, s, y + q);
        sum.add(FloatVector.fromArray(F, s, x + q)).intoArray(s, y + q);
      }
    }
    if (whole < n) { // what lies behind a row is the next one, and must not be added
      IntVector mask = IntVector.fromArray(I, inside, 0);
      for (int r = 0; r < rows; r++) {
        int y = to + r * pitch + whole;
        FloatVector rest = FloatVector.fromArray(F, s, from + r * n + whole);
        FloatVector sum = FloatVector.fromArray(F, s, y);
        sum.add(rest.reinterpretAsInts().and(mask).reinterpretAsFloats()).intoArray(s, y);
      }
    }
  }
}
