package dev.bagel.tensor.kernel.simd;

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

/**
 * Convolution with 3×3 or 5×5 filters and stride 1, and its input gradient, by minimal filtering
 * (Winograd 1980; Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks").
 *
 * <p>An n×n tile d of the input gives an m×m tile of the output, {@code Y = Aᵀ [Σ_c (G g Gᵀ) ⊙ (Bᵀ
 * d B)] A}: n² multiplications for each pair of channels, 36 for F(4×4, 3×3) and 64 for F(4×4,
 * 5×5), where the sum over taps takes 144 and 400. At each of the n² points ξ the sum over channels
 * c is a product of matrices, [tiles, channels] · [channels, outputs], and that is where the time
 * goes; see {@link Toom} for what is around it.
 *
 * <p>A task takes some rows of tiles, so that what lies between its steps stays in the second-level
 * cache; the lanes are channels, so that no step depends on the size of the image:
 *
 * <pre>
 *   x [N, C, H, W]
 *     │ gather: 16 channels of a pixel side by side, zeros around the image
 *   patch [row][column][16]
 *     │ Bᵀ along rows, shared by the tiles above each other, then along columns
 *   V [ξ][8 tiles][C/16][8][16]      U [ξ][O/32][C][32] = G g Gᵀ, made once if the filters are fixed
 *     └──────────────┬───────────────┘
 *     Tile.blocked: 8 tiles × 32 outputs in registers, k = channels
 *   M [ξ][tile][32]
 *     │ Aᵀ along columns, then along rows
 *   image [row][column][32]
 *     │ scatter
 *   y [N, O, H, W]
 * </pre>
 *
 * <p>The transforms cost rounding: errors are some ten times those of the sum over taps, and
 * relative to the largest sum nearby. {@code -Dbagel.winograd=false} does without.
 */
final class Winograd implements Kernel {
  /** Output channels that are computed at a time. */
  private static final int WIDE = Tile.COLUMNS;

  private static final int ROWS = Tile.ROWS;

  /**
   * Points of the tiles of a task, about: V and M of so many fit the second-level cache up to 128
   * channels.
   */
  private static final int TASK = 48 * 36;

  private static final int TASKS = 4;

  private static final boolean ENABLED =
      !System.getProperty("bagel.winograd", "true").equals("false");

  private final Patch source;
  private final Span filters;
  private final Patch result;
  private final Epilogue then;
  private final boolean flip;

  private final int channels;
  private final int outputs;
  private final int outH;
  private final int outW;
  private final int top;
  private final int left;
  private final int r; // taps along a side of the filter
  private final Toom toom;
  private final int side; // of a tile of the input
  private final int points; // of a tile
  private final int m; // pixels along a side of a tile of the output
  private final int filterChannel; // elements between the filters of two channels that are read
  private final int filterOutput; // elements between those of two outputs

  private final int tilesY;
  private final int tilesX;
  private final int lines; // rows of tiles, of all images
  private final int linesPerTask;
  private final int blocksPerTask; // of 32 outputs
  private final int parts; // that the outputs are cut into
  private final int channelBlocks;
  private final int outputBlocks;

  // the scratch of a task
  private final int pitch; // pixels of a row of the patch
  private final int pixelsAt; // 16 channels of the image; the patch is at 0
  private final int rowsAt; // the patch after Bᵀ along its rows
  private final int columnsAt; // V
  private final int pointV; // floats of one point of V: 128 bytes more than whole 4 KiB
  private final int productsAt; // M
  private final int pointM;
  private final int imageAt;
  private final int spareAt; // a row of tiles, half transformed
  private final int size;
  private final int[] at;

  private final Prepared filtersAtPoints;
  private float[] u;
  private final Parallel.Body task = this::task;

  /**
   * Whether this is the faster way, as measured: the transforms of a channel are shared by all
   * outputs, and those of an output by all channels, so both must be many; and one tile takes as
   * long as eight.
   */
  static boolean fits(Conv g) {
    int m = Toom.of(g.kh()).outputs(g.kh());
    return isKnown(g)
        && Math.min(g.c(), g.o()) >= (g.kh() == 3 ? 16 : 24)
        && g.n() * pieces(g.oh(), m) * pieces(g.ow(), m) >= 4;
  }

  /** Whether minimal filtering knows filters of this kind, and nobody has switched it off. */
  static boolean isKnown(Conv g) {
    return ENABLED
        && g.kh() == g.kw()
        && (g.kh() == 3 || g.kh() == 5)
        && g.strideY() == 1
        && g.strideX() == 1
        && g.dilationY() == 1
        && g.dilationX() == 1
        && g.groups() == 1;
  }

  Winograd(Direction d, Span source, Span filters, Span result, Epilogue then) {
    this.filters = filters;
    this.then = then;
    Conv g = d.g();
    flip = !d.forward();
    r = g.kh();
    channels = d.channels();
    outputs = d.outputs();
    outH = d.outH();
    outW = d.outW();
    toom = Toom.of(r);
    side = toom.points();
    points = side * side;
    m = toom.outputs(r);
    this.source = Patch.read(d, source);
    this.result = Patch.written(d, result);
    top = flip ? r - 1 - g.top() : g.top();
    left = flip ? r - 1 - g.left() : g.left();
    filterChannel = d.filterChannel();
    filterOutput = d.filterOutput();

    tilesY = pieces(outH, m);
    tilesX = pieces(outW, m);
    lines = g.n() * tilesY;
    linesPerTask = Math.min(lines, linesPerTask(TASK / points, tilesX));
    channelBlocks = pieces(channels, L);
    outputBlocks = pieces(outputs, WIDE);
    blocksPerTask =
        pieces(outputBlocks, Math.min(outputBlocks, pieces(TASKS, pieces(lines, linesPerTask))));
    parts = pieces(outputBlocks, blocksPerTask);

    int tiles = up(linesPerTask * tilesX, ROWS);
    pitch = tilesX * m + r - 1;
    int patchRows = linesPerTask * side; // at most: each line of another image
    pixelsAt = patchRows * pitch * L;
    rowsAt = pixelsAt + patchRows * d.w() * L;
    columnsAt = rowsAt + patchRows * tilesX * side * L;
    pointV = up(tiles * channelBlocks * L, 1024) + 32;
    productsAt = columnsAt + points * pointV;
    pointM = up(tiles * WIDE, 1024) + 32;
    imageAt = productsAt + points * pointM;
    spareAt = imageAt + (linesPerTask * m * outW + m) * WIDE;
    size = spareAt + tilesX * m * side * WIDE;
    at = new int[channels];
    Arrays.setAll(at, c -> c / L * ROWS * L + c % L);
    int floats = points * outputBlocks * channels * WIDE;
    filtersAtPoints = new Prepared(filters, d.order("points"), floats, outputBlocks, this::pack);
  }

  /**
   * About as many rows of tiles as a task should have, such that few of its panels are part full.
   */
  private static int linesPerTask(int tiles, int tilesX) {
    int best = Math.max(1, tiles / tilesX);
    for (int n = best; n * tilesX <= 3 * tiles / 2; n++) {
      if ((long) n * up(best * tilesX, ROWS) > (long) best * up(n * tilesX, ROWS)) {
        best = n;
      }
    }
    return best;
  }

  @Override
  public void run() {
    u = filtersAtPoints.now();
    Parallel.run(pieces(lines, linesPerTask) * parts, task);
  }

  /** U = G g Gᵀ for 32 outputs. */
  private void pack(float[] to, int block) {
    int taps = r * r;
    float[] s = Scratch.floats((taps + r * side) * L);
    int half = taps * L;
    int point = outputBlocks * channels * WIDE;
    for (int i = 0; i < WIDE; i += L) {
      int o = block * WIDE + i;
      int some = Math.max(0, Math.min(L, outputs - o));
      for (int c = 0; c < channels; c++) {
        int from = filters.offset() + c * filterChannel + o * filterOutput;
        Lanes.interleave(filters.array(), from, filterOutput, some, L, taps, s, 0, L);
        int first = flip ? (taps - 1) * L : 0;
        int step = flip ? -L : L;
        int at = (block * channels + c) * WIDE + i;
        toom.filter(r, s, first, r * step, step, s, half, to, at, point);
      }
    }
  }

  private void task(int grain) {
    int part = grain % parts;
    int first = grain / parts * linesPerTask;
    int count = Math.min(linesPerTask, lines - first);
    float[] s = Scratch.floats(size);
    for (int block = 0; block < channelBlocks; block++) {
      transform(s, first, count, block);
    }
    int end = Math.min(outputBlocks, (part + 1) * blocksPerTask);
    for (int block = part * blocksPerTask; block < end; block++) {
      multiply(s, pieces(count * tilesX, ROWS), block);
      restore(s, first, count, block);
    }
    if (then != Epilogue.NONE) {
      finish(first, count, part * blocksPerTask * WIDE, Math.min(outputs, end * WIDE));
    }
  }

  /** Hands on what a task has computed: outputs o0 … o1−1 of some rows of tiles. */
  private void finish(int first, int count, int o0, int o1) {
    for (int line = first; line < first + count; ) {
      int y0 = line % tilesY * m;
      int some = Math.min(first + count - line, tilesY - line % tilesY);
      int rows = Math.min(some * m, outH - y0);
      Planes.finish(
          then, line / tilesY * outputs + o0, o1 - o0, outH * outW, y0 * outW, rows * outW);
      line += some;
    }
  }

  // ---- from x to V

  /** V of 16 channels: image by image, as many rows of tiles as the task has of each. */
  private void transform(float[] s, int first, int count, int block) {
    for (int line = first; line < first + count; ) {
      int image = line / tilesY;
      int ty = line % tilesY;
      int some = Math.min(first + count - line, tilesY - ty);
      int rows = (some - 1) * m + side;
      source.gather(s, 0, pixelsAt, image, block, ty * m - top, rows, -left, pitch);
      toom.inputRows(rows, tilesX, s, 0, pitch * L, m * L, s, rowsAt);
      int tile = (line - first) * tilesX;
      for (int i = 0; i < some; i++) {
        for (int tx = 0; tx < tilesX; tx++, tile++) {
          int to = columnsAt + ((tile / ROWS * channelBlocks + block) * ROWS + tile % ROWS) * L;
          toom.inputColumns(
              s, rowsAt + (i * m * tilesX + tx) * side * L, tilesX * side * L, s, to, pointV);
        }
      }
      line += some;
    }
  }

  /** M = V · U at every point, for 32 outputs. */
  private void multiply(float[] s, int panels, int block) {
    for (int point = 0; point < points; point++) {
      int v = columnsAt + point * pointV;
      int to = productsAt + point * pointM;
      int weights = (point * outputBlocks + block) * channels * WIDE;
      for (int p = 0; p < panels; p++) {
        int a = v + p * channelBlocks * ROWS * L;
        Tile.blocked(channels, s, a, at, u, weights, s, to + p * ROWS * WIDE, WIDE);
      }
    }
  }

  // ---- from M to y

  /** y of 32 outputs: image by image, as many rows of tiles as the task has of each. */
  private void restore(float[] s, int first, int count, int block) {
    for (int line = first; line < first + count; ) {
      int image = line / tilesY;
      int y0 = line % tilesY * m;
      int lines = Math.min(first + count - line, tilesY - line % tilesY);
      for (int i = 0; i < lines; i++) {
        restoreRows(s, (line - first + i) * tilesX, i * m, Math.min(m, outH - y0 - i * m));
      }
      result.scatter(s, imageAt, image, block, y0, Math.min(lines * m, outH - y0));
      line += lines;
    }
  }

  /**
   * Row y of the image on, from one row of tiles. Rows are written in rising order, so what the
   * last tile spills into the next row is repaired.
   */
  private void restoreRows(float[] s, int tile, int y, int rows) {
    for (int tx = 0; tx < tilesX; tx++) {
      int to = spareAt + tx * m * side * WIDE;
      toom.outputColumns(m, s, productsAt + (tile + tx) * WIDE, pointM, s, to);
    }
    for (int i = 0; i < rows; i++) {
      int to = imageAt + (y + i) * outW * WIDE;
      toom.outputRows(m, tilesX, s, spareAt + i * side * WIDE, m * side * WIDE, s, to);
    }
  }
}
