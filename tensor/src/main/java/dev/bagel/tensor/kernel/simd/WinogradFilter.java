package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;

/**
 * The gradient of a convolution in its filters by minimal filtering: {@link Winograd} with the
 * roles exchanged.
 *
 * <p>An n×n tile d of x and the m×m tile e of ȳ above it add an r×r piece to w̄: a correlation with
 * the m×m taps e, F(r×r, m×m). Its transform is linear, so it is done once, after all tiles are
 * summed up: {@code w̄ = Aᵀ [Σ_tiles (Bᵀ d B) ⊙ (G e Gᵀ)] A}. At each of the n² points the sum over
 * tiles is a product of matrices, [channels, tiles] · [tiles, outputs].
 *
 * <pre>
 *   x [N, C, H, W]             ȳ [N, O, H, W]
 *     │ Bᵀ d B                   │ G e Gᵀ
 *   V [ξ][C/16][tile][16]      U [ξ][O/32][tile][32]       of some rows of tiles
 *     └───────────┬──────────────┘
 *     Tile.packed: 8 channels × 32 outputs, k = tiles
 *   M [ξ][channel][output]                                 added up over all rows of tiles
 *     │ Aᵀ M A
 *   w̄ [O, C, r, r]
 * </pre>
 */
final class WinogradFilter implements Kernel {
  private static final int WIDE = Tile.COLUMNS;
  private static final int ROWS = Tile.ROWS;

  /** Tiles that are transformed before they are summed: so often is M read and written. */
  private static final int CHUNK = 96;

  private final Patch x;
  private final Patch dy;
  private final Span dw;
  private final int top;
  private final int left;
  private final int r; // taps along a side of the filter
  private final Toom toom;
  private final int side; // of a tile of x
  private final int points; // of a tile
  private final int m; // pixels along a side of a tile of ȳ
  private final int tilesY;
  private final int tilesX;
  private final int lines; // rows of tiles, of all images
  private final int linesPerChunk;
  private final int channelBlocks; // of L
  private final int outputBlocks; // of 2·L

  // what all tasks share: M, V and U
  private final int pointM;
  private final int vAt;
  private final int pointV;
  private final int uAt;
  private final int pointU;
  private final int size;

  // the scratch of a task
  private final int pitch; // pixels of a row of the patch
  private final int rowsAt;
  private final int spareAt;
  private final int scratch;

  private final int[] at; // rows of U
  private float[] shared;
  private int first; // row of tiles of this chunk
  private int count;
  private final Parallel.Body transform = this::transform;
  private final Parallel.Body multiply = this::multiply;
  private final Parallel.Body finish = this::finish;

  /**
   * Whether this is the faster way, as measured: there are lanes' worth of channels and outputs.
   */
  static boolean fits(Conv g) {
    return Winograd.isKnown(g) && Math.min(g.c(), g.o()) >= 16;
  }

  WinogradFilter(Conv g, Span x, Span dy, Span dw) {
    this.x = new Patch(x, g.c(), g.h(), g.w());
    this.dy = new Patch(dy, g.o(), g.oh(), g.ow());
    this.dw = dw;
    top = g.top();
    left = g.left();
    r = g.kh();
    toom = Toom.of(r);
    side = toom.points();
    points = side * side;
    m = toom.outputs(r);
    tilesY = pieces(g.oh(), m);
    tilesX = pieces(g.ow(), m);
    lines = g.n() * tilesY;
    linesPerChunk = Math.min(lines, Math.max(1, CHUNK / tilesX));
    channelBlocks = pieces(g.c(), L);
    outputBlocks = pieces(g.o(), WIDE);
    int tiles = linesPerChunk * tilesX;
    pointM = up(channelBlocks * L * outputBlocks * WIDE, 1024) + 32;
    vAt = points * pointM;
    pointV = up(channelBlocks * tiles * L, 1024) + 32;
    uAt = vAt + points * pointV;
    pointU = up(outputBlocks * tiles * WIDE, 1024) + 32;
    size = uAt + points * pointU;
    pitch = tilesX * m + r - 1;
    int rows = linesPerChunk * side;
    rowsAt = rows * pitch * L;
    spareAt = rowsAt + rows * tilesX * side * L;
    int wider = Math.max(g.w(), g.ow());
    scratch = Math.max(spareAt + rows * wider * L, (r * side + g.c() * r * r) * WIDE);
    at = new int[tiles];
    Arrays.setAll(at, i -> i * WIDE);
  }

  @Override
  public void run() {
    shared = Scratch.shared(size);
    for (first = 0; first < lines; first += linesPerChunk) {
      count = Math.min(linesPerChunk, lines - first);
      Parallel.run(channelBlocks + 2 * outputBlocks, transform);
      Parallel.run(points, multiply);
    }
    Parallel.run(outputBlocks, finish);
    shared = null;
  }

  /** V of 16 channels or U of 16 outputs, for the tiles of this chunk. */
  private void transform(int grain) {
    float[] s = Scratch.floats(scratch);
    boolean input = grain < channelBlocks;
    int block = input ? grain : grain - channelBlocks;
    int tile = 0;
    for (int line = first; line < first + count; ) {
      int image = line / tilesY;
      int ty = line % tilesY;
      int some = Math.min(first + count - line, tilesY - ty);
      if (input) {
        int rows = (some - 1) * m + side;
        x.gather(s, 0, spareAt, image, block, ty * m - top, rows, -left, pitch);
        toom.inputRows(rows, tilesX, s, 0, pitch * L, m * L, s, rowsAt);
      } else {
        dy.gather(s, 0, spareAt, image, block, ty * m, some * m, 0, tilesX * m);
      }
      for (int i = 0; i < some; i++) {
        for (int tx = 0; tx < tilesX; tx++, tile++) {
          if (input) {
            input(s, i, tx, block, tile);
          } else {
            output(s, i, tx, block, tile);
          }
        }
      }
      line += some;
    }
  }

  private void input(float[] s, int i, int tx, int block, int tile) {
    int from = rowsAt + (i * m * tilesX + tx) * side * L;
    int to = vAt + (block * count * tilesX + tile) * L;
    toom.inputColumns(s, from, tilesX * side * L, shared, to, pointV);
  }

  private void output(float[] s, int i, int tx, int block, int tile) {
    int row = tilesX * m * L;
    int from = i * m * row + tx * m * L;
    int to = uAt + (block / 2 * count * tilesX + tile) * WIDE + block % 2 * L;
    toom.filter(m, s, from, row, L, s, rowsAt, shared, to, pointU);
  }

  /** M += V · U at one point. */
  private void multiply(int point) {
    int tiles = count * tilesX;
    int row = outputBlocks * WIDE;
    int sum = point * pointM;
    for (int o = 0; o < outputBlocks; o++) {
      int u = uAt + point * pointU + o * tiles * WIDE;
      for (int c = 0; c < channelBlocks * L; c += ROWS) {
        int v = vAt + point * pointV + c / L * tiles * L + c % L;
        int to = sum + c * row + o * WIDE;
        Tile.packed(first > 0, ROWS, tiles, shared, v, L, shared, u, at, shared, to, row);
      }
    }
  }

  /** w̄ of 32 outputs. */
  private void finish(int block) {
    float[] s = Scratch.floats(scratch);
    int half = x.channels() * r * r * WIDE;
    for (int c = 0; c < x.channels(); c++) {
      int from = (c * outputBlocks + block) * WIDE;
      toom.outputColumns(r, shared, from, pointM, s, half);
      for (int i = 0; i < r; i++) {
        int to = (c * r + i) * r * WIDE;
        toom.outputRows(r, 1, s, half + i * side * WIDE, 0, s, to);
      }
    }
    int n = x.channels() * r * r;
    int some = Math.min(WIDE, dy.channels() - block * WIDE);
    Lanes.separate(s, 0, WIDE, some, n, dw.array(), dw.offset() + block * WIDE * n, n);
  }
}
