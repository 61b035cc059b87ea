package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;

/**
 * Convolution and its input gradient with output channels as lanes: for small images and long
 * strides, where the lines of pixels of {@link DirectConv} are short or full of holes.
 *
 * <p>A task copies its part of the images into its scratch with the channels of a pixel side by
 * side. Then eight output pixels, wherever they lie, are the rows of a tile, 32 output channels its
 * columns, and k runs over (channel, tap) through a table of distances:
 *
 * <pre>
 *   patch [C/16][row][column][16]     filters [O/32][C/16][tap][16][32]
 *      └───────────────┬────────────────┘
 *      Tile.rows: 8 pixels × 32 outputs
 *   image [row][column][32]   →   y [N, O, H, W]
 * </pre>
 */
final class ChannelConv implements Kernel {
  private static final int WIDE = Tile.COLUMNS;
  private static final int ROWS = Tile.ROWS;

  /** Floats of the patch that a task holds: half of a second-level cache of 1 MB. */
  private static final int SOURCE = 1 << 17;

  /** k of one pass: the filters of so many, 32 outputs each, stay near. */
  private static final int DEPTH = 288;

  /** Output pixels that a task should have at least, for its filters to be worth reading. */
  private static final int PIXELS = 96;

  private static final int TASKS = 8;

  private final Patch source;
  private final Patch result;
  private final Span filters;
  private final Epilogue then;
  private final int images;
  private final int taps;
  private final int filterChannel; // elements between the filters of two channels that are read
  private final int filterOutput; // elements between those of two outputs
  private final Sum[] sums;

  // how the work is cut
  private final int channelBlocks;
  private final int outputBlocks;
  private final int imagesPerTask;
  private final int bandRows; // rows of a sum of a task
  private final int bands;
  private final int blocksPerTask;
  private final int parts;

  // the scratch of a task: the patch at 0, with what the taps reach of the source
  private final int step; // rows of the source from one row of a sum to the next
  private final int sumStep; // rows of the result from one row of a sum to the next
  private final int top; // row of the source where the patch of the first band begins
  private final int left;
  private final int patchRows;
  private final int patchColumns;
  private final int plane; // floats of a block of channels of an image
  private final int spareAt;
  private final int imageAt;
  private final int sumAt; // where a sum is computed: in the image if it is all of it
  private final int size;

  private final Prepared panels;
  private float[] packed;
  private final Parallel.Body task = this::task;

  /**
   * One of the sums that the result is made of.
   *
   * @param taps what is added up, see {@link Taps}
   * @param at distances from a pixel to what it reads, for every (channel, tap)
   * @param pixel where the pixels of a whole task are in its patch
   * @param target and where in its image
   * @param weights where the filters of this sum begin
   */
  private record Sum(Taps taps, int[] at, int[] pixel, int[] target, int weights) {}

  /**
   * Whether this is the faster way, as measured: lanes are well filled, there are channels to
   * spread the copying over, and rows of the result are so short that lines of pixels are full of
   * holes.
   */
  static boolean fits(Direction d) {
    int columns = d.forward() ? d.outW() : pieces(d.outW(), d.g().strideX());
    return d.g().groups() == 1
        && d.channels() >= L
        && 4 * d.outputs() >= 3 * up(d.outputs(), WIDE)
        && columns <= L
        && d.sums().stream().anyMatch(sum -> !sum.all().isEmpty());
  }

  ChannelConv(Direction d, Span source, Span filters, Span result, Epilogue then) {
    this.filters = filters;
    this.then = then;
    images = d.g().n();
    taps = d.taps();
    this.source = Patch.read(d, source);
    this.result = Patch.written(d, result);
    filterChannel = d.filterChannel();
    filterOutput = d.filterOutput();
    channelBlocks = pieces(d.channels(), L);
    outputBlocks = pieces(d.outputs(), WIDE);

    List<Taps> all = d.sums();
    step = d.forward() ? d.g().strideY() : 1;
    sumStep = all.get(0).stepY();
    int stepX = d.forward() ? d.g().strideX() : 1;
    int rows = all.stream().mapToInt(Taps::rows).max().orElse(0);
    int columns = all.stream().mapToInt(Taps::columns).max().orElse(0);
    IntSummaryStatistics dy =
        all.stream().flatMap(s -> s.all().stream()).mapToInt(t -> row(t, d)).summaryStatistics();
    IntSummaryStatistics dx =
        all.stream().flatMap(s -> s.all().stream()).mapToInt(t -> column(t, d)).summaryStatistics();
    top = dy.getMin();
    left = dx.getMin();
    int reach = dy.getMax() - top + 1;
    patchColumns = (columns - 1) * stepX + dx.getMax() - left + 1;

    int whole = channelBlocks * L * patchColumns * ((rows - 1) * step + reach);
    if (whole <= 2 * SOURCE) {
      bandRows = rows;
      imagesPerTask =
          Math.min(images, Math.max(1, Math.min(SOURCE / whole, pieces(PIXELS, rows * columns))));
    } else {
      int fit = (SOURCE / (channelBlocks * L * patchColumns) - reach) / step + 1;
      bandRows = Math.min(rows, Math.max(fit, pieces(PIXELS, columns)));
      imagesPerTask = 1;
    }
    bands = pieces(rows, bandRows);
    patchRows = (bandRows - 1) * step + reach;
    plane = patchRows * patchColumns * L;
    int pieces = pieces(images, imagesPerTask) * bands;
    blocksPerTask = pieces(outputBlocks, Math.min(outputBlocks, pieces(TASKS, pieces)));
    parts = pieces(outputBlocks, blocksPerTask);

    spareAt = imagesPerTask * channelBlocks * plane;
    imageAt = spareAt + patchRows * this.source.w() * L;
    int image = imagesPerTask * bandRows * sumStep * this.result.w() * WIDE;
    boolean inPlace = sumStep == 1 && all.get(0).stepX() == 1; // the sum is the image
    sumAt = inPlace ? imageAt : imageAt + image;
    size = sumAt + up(imagesPerTask * bandRows * columns, ROWS) * WIDE;

    sums = new Sum[all.size()];
    int weights = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sum(all.get(i), d, stepX, weights);
      weights += outputBlocks * sums[i].at.length * WIDE;
    }
    panels = new Prepared(filters, d.order("channels"), weights, outputBlocks, this::pack);
  }

  /** How many rows below a pixel's own the row is that a tap reads. */
  private static int row(Taps.Tap t, Direction d) {
    return d.forward() ? t.row() * d.g().strideY() + t.phase() / d.g().strideX() : t.row();
  }

  private static int column(Taps.Tap t, Direction d) {
    int stride = d.g().strideX();
    return d.forward() ? t.column() * stride + t.phase() % stride : t.column();
  }

  private Sum sum(Taps s, Direction d, int stepX, int weights) {
    int[] at = new int[source.channels() * s.all().size()];
    int k = 0;
    for (int c = 0; c < source.channels(); c++) {
      for (Taps.Tap t : s.all()) {
        int pixel = (row(t, d) - top) * patchColumns + column(t, d) - left;
        at[k++] = c / L * plane + pixel * L + c % L;
      }
    }
    int n = imagesPerTask * bandRows * s.columns();
    int[] pixel = new int[up(n, ROWS)];
    int[] target = new int[n];
    for (int i = 0; i < pixel.length; i++) {
      int p = Math.min(i, n - 1);
      int q = p % s.columns();
      int r = p / s.columns() % bandRows;
      int image = p / s.columns() / bandRows;
      pixel[i] = image * channelBlocks * plane + (r * step * patchColumns + q * stepX) * L;
      int line = (image * bandRows + r) * sumStep + s.startY();
      target[p] = (line * result.w() + q * s.stepX() + s.startX()) * WIDE;
    }
    return new Sum(s, at, pixel, target, weights);
  }

  @Override
  public void run() {
    packed = panels.now();
    Parallel.run(pieces(images, imagesPerTask) * bands * parts, task);
  }

  /** Copies the filters of 32 outputs into the order in which they are multiplied. */
  private void pack(float[] to, int block) {
    int from = filters.offset() + block * WIDE * filterOutput;
    int some = Math.min(WIDE, result.channels() - block * WIDE);
    for (Sum s : sums) {
      int n = s.taps.all().size();
      int at = s.weights + block * s.at.length * WIDE;
      if (n == taps && filterChannel == taps) { // they lie in this order
        Lanes.interleave(
            filters.array(), from, filterOutput, some, WIDE, s.at.length, to, at, WIDE);
        continue;
      }
      for (int c = 0; c < source.channels(); c++) {
        for (Taps.Tap t : s.taps.all()) {
          int tap = from + c * filterChannel + t.filter();
          Lanes.interleave(filters.array(), tap, filterOutput, some, WIDE, 1, to, at, WIDE);
          at += WIDE;
        }
      }
    }
  }

  private void task(int grain) {
    int part = grain % parts;
    int band = grain / parts % bands;
    int image = grain / parts / bands * imagesPerTask;
    int count = Math.min(imagesPerTask, images - image);
    float[] s = Scratch.floats(size);
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < channelBlocks; b++) {
        int to = (i * channelBlocks + b) * plane;
        int y0 = band * bandRows * step + top;
        source.gather(s, to, spareAt, image + i, b, y0, patchRows, left, patchColumns);
      }
    }
    int first = band * bandRows * sumStep;
    int rows = Math.min(bandRows * sumStep, result.h() - first);
    int end = Math.min(outputBlocks, (part + 1) * blocksPerTask);
    for (int block = part * blocksPerTask; block < end; block++) {
      for (Sum sum : sums) {
        int lines = Math.min(bandRows, sum.taps.rows() - band * bandRows);
        add(s, sum, block, ((count - 1) * bandRows + lines) * sum.taps.columns());
      }
      for (int i = 0; i < count; i++) {
        int from = imageAt + i * bandRows * sumStep * result.w() * WIDE;
        result.scatter(s, from, image + i, block, first, rows);
      }
    }
    if (then != Epilogue.NONE) {
      int o0 = part * blocksPerTask * WIDE;
      for (int i = image; i < image + count; i++) {
        int planes = Math.min(result.channels(), end * WIDE) - o0;
        int w = result.w();
        Planes.finish(
            then, i * result.channels() + o0, planes, result.h() * w, first * w, rows * w);
      }
    }
  }

  /** The first {@code n} pixels of a sum, for 32 outputs. */
  private void add(float[] s, Sum sum, int block, int n) {
    int all = sum.at.length;
    if (all == 0) { // no tap falls on these pixels
      Arrays.fill(s, sumAt, sumAt + n * WIDE, 0);
    }
    for (int k = 0; k < all; k += DEPTH) {
      int depth = Math.min(DEPTH, all - k);
      int from = sum.weights + (block * all + k) * WIDE;
      for (int p = 0; p < n; p += ROWS) {
        int to = sumAt + p * WIDE;
        Tile.rows(
            k > 0, ROWS, depth, s, 0, sum.pixel, p, sum.at, k, packed, from, WIDE, s, to, WIDE);
      }
    }
    if (sumAt != imageAt) {
      for (int p = 0; p < n; p++) {
        System.arraycopy(s, sumAt + p * WIDE, s, imageAt + sum.target[p], WIDE);
      }
    }
  }
}
