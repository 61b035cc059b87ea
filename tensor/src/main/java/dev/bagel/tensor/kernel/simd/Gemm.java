package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;

/**
 * The product of two matrices after Goto and van de Geijn 2008, "Anatomy of high-performance matrix
 * multiplication": operands that are used often are first copied into the order in which the tile
 * loop reads them, and k is cut into pieces whose panels fit the caches.
 *
 * <p>Small operands are read where they are. A fixed operand is packed once, one that changes by
 * the task that reads it if there is only one. C is cut into blocks, one task each, and k never:
 * the bits depend on neither threads nor blocks.
 */
final class Gemm implements Kernel {
  /** k of one pass: a panel of B, 384 × 32 floats, stays in the first-level cache. */
  private static final int DEPTH = 384;

  /** Rows of one task: its part of A, 96 × 384 floats, stays in the second-level cache. */
  private static final int BLOCK = 96;

  /** Multiplications that are worth a task of their own. */
  private static final long TASK = 1 << 18;

  /** Floats of C of one task: a quarter of a second-level cache of 1 MB. */
  private static final int NEAR = 1 << 16;

  private static final int NR = Tile.COLUMNS;
  private static final int MR = Tile.ROWS;

  private final Product g;
  private final Span a;
  private final Span b;
  private final Span c;
  private final Epilogue then;
  private final int columnPanels;
  private final int rowPanels;

  private final boolean packA;
  private final int firstPacked; // panels of B before this one are read where they are
  private final boolean late; // the others are packed by the task that reads them, piece by piece
  private final Prepared preparedA;
  private final Prepared preparedB;
  private float[] panelsA; // [product][row panel][k][8]
  private float[] panelsB; // [product][column panel][k][NR]

  private final int[]
      row; // where the rows of A begin; the last one again for those that are missing
  private final int[] stepA; // where, from there, the elements of a row are
  private final int[] stepB; // where the rows of a panel of B are
  private final int[] stepDirect; // where the rows of B itself are

  private final int blockRows; // in panels
  private final int blockColumns;
  private final int tasksDown;
  private final int tasksAcross;
  private final Parallel.Body block = this::block;

  Gemm(Product g, Span a, Span b, Span c, Epilogue then) {
    this.g = g;
    this.a = a;
    this.b = b;
    this.c = c;
    this.then = then;
    columnPanels = pieces(g.n(), NR);
    rowPanels = pieces(g.m(), MR);
    packA = g.n() > 2 * NR && (long) g.m() * g.k() > 1 << 16;
    boolean directB =
        !g.transB() && ((long) g.k() * g.n() <= 3 << 14 || (g.m() <= 2 * MR && !b.fixed()));
    firstPacked = directB ? g.n() / NR : 0;
    int depth = Math.min(g.k(), DEPTH);
    row = new int[up(g.m(), MR)];
    for (int i = 0; i < row.length; i++) {
      row[i] = Math.min(i, g.m() - 1) * (g.transA() ? 1 : g.k());
    }
    stepA = steps(depth, g.transA() ? g.m() : 1);
    stepB = steps(depth, NR);
    stepDirect = steps(depth, g.n());

    long work = (long) g.m() * g.n() * g.k();
    int tasks = (int) Math.max(1, Math.min(16, work / TASK));
    int rows = Math.max(1, Math.min(rowPanels, BLOCK / MR));
    int across = Math.min(columnPanels, pieces(tasks, Math.max(1, pieces(rowPanels, rows))));
    int near = Math.max(1, NEAR / (rows * MR * NR));
    blockColumns = Math.min(near, pieces(columnPanels, Math.max(1, across)));
    tasksAcross = blockColumns == 0 ? 0 : pieces(columnPanels, blockColumns);
    int down = tasksAcross == 0 ? 1 : pieces(tasks, tasksAcross);
    blockRows = Math.max(1, Math.min(rows, pieces(rowPanels, down)));
    tasksDown = pieces(rowPanels, blockRows);
    late = !b.fixed() && tasksDown == 1;

    int grainsA = packA ? products(g.strideA()) * rowPanels : 0;
    int grainsB = late ? 0 : products(g.strideB()) * (columnPanels - firstPacked);
    Order orderA = new Order(true, g.m(), g.k(), g.transA(), grainsA);
    Order orderB = new Order(false, g.n(), g.k(), g.transB(), grainsB);
    preparedA = new Prepared(a, orderA, grainsA * MR * g.k(), grainsA, this::packRows);
    preparedB = new Prepared(b, orderB, grainsB * NR * g.k(), grainsB, this::packColumns);
  }

  private record Order(boolean left, int outer, int inner, boolean transposed, int panels) {}

  private int products(int stride) {
    return stride == 0 ? 1 : g.batch();
  }

  private static int[] steps(int n, int step) {
    int[] s = new int[n];
    Arrays.setAll(s, i -> i * step);
    return s;
  }

  @Override
  public void run() {
    if (g.k() == 0) {
      Arrays.fill(c.array(), c.offset(), c.offset() + g.batch() * g.m() * g.n(), 0);
      then.run(0, g.batch() * g.m() * g.n());
      return;
    }
    panelsA = preparedA.now();
    panelsB = preparedB.now();
    Parallel.run(g.batch() * tasksDown * tasksAcross, block);
  }

  private void packRows(float[] panels, int grain) {
    int i = grain % rowPanels * MR;
    int from = a.offset() + grain / rowPanels * g.strideA();
    int rows = Math.min(MR, g.m() - i);
    int to = grain * MR * g.k();
    if (g.transA()) {
      strip(a.array(), from + i, g.m(), rows, g.k(), panels, to, MR);
    } else {
      Lanes.interleave(a.array(), from + i * g.k(), g.k(), rows, MR, g.k(), panels, to, MR);
    }
  }

  private void packColumns(float[] panels, int grain) {
    int packed = columnPanels - firstPacked;
    pack(panels, grain * NR * g.k(), grain / packed, firstPacked + grain % packed, 0, g.k());
  }

  /** Rows k … k+depth−1 of some panels of B, row by row as they lie. */
  private void packBlock(float[] panels, int product, int j0, int j1, int k, int depth) {
    if (g.transB() || j1 * NR > g.n()) {
      for (int j = Math.max(j0, firstPacked); j < j1; j++) {
        pack(panels, MR * NR + (j - j0) * NR * depth, product, j, k, depth);
      }
      return;
    }
    int from = b.offset() + product * g.strideB() + k * g.n();
    for (int l = 0; l < depth; l++) {
      for (int j = Math.max(j0, firstPacked); j < j1; j++) {
        int to = MR * NR + ((j - j0) * depth + l) * NR;
        System.arraycopy(b.array(), from + l * g.n() + j * NR, panels, to, NR);
      }
    }
  }

  /** Rows k … k+depth−1 of a panel of B. */
  private void pack(float[] panels, int to, int product, int panel, int k, int depth) {
    int j = panel * NR;
    int from = b.offset() + product * g.strideB();
    int columns = Math.min(NR, g.n() - j);
    if (g.transB()) {
      for (int i = 0; i < NR; i += 8) {
        int some = Math.max(0, Math.min(8, columns - i));
        int at = from + (j + i) * g.k() + k;
        Lanes.interleave(b.array(), at, g.k(), some, 8, depth, panels, to + i, NR);
      }
    } else {
      strip(b.array(), from + k * g.n() + j, g.n(), columns, depth, panels, to, NR);
    }
  }

  /**
   * Copies a strip of {@code n} columns out of rows that are {@code ld} apart, filled up with 0.
   */
  private static void strip(float[] x, int xo, int ld, int n, int k, float[] y, int yo, int width) {
    for (int l = 0; l < k; l++) {
      if (n == width) {
        Lanes.copy(x, xo + l * ld, y, yo + l * width, n, yo + l * width + n);
      } else {
        System.arraycopy(x, xo + l * ld, y, yo + l * width, n);
        Arrays.fill(y, yo + l * width + n, yo + (l + 1) * width, 0);
      }
    }
  }

  /**
   * One block of C: pass by pass over k, panel by panel of B, all rows of A that are in the cache.
   */
  private void block(int task) {
    int product = task / (tasksDown * tasksAcross);
    int i0 = task / tasksAcross % tasksDown * blockRows;
    int j0 = task % tasksAcross * blockColumns;
    int i1 = Math.min(rowPanels, i0 + blockRows);
    int j1 = Math.min(columnPanels, j0 + blockColumns);
    int near = late ? blockColumns * NR * DEPTH : 0;
    float[] spare = Scratch.floats(MR * NR + near);
    for (int k = 0; k < g.k(); k += DEPTH) {
      int depth = Math.min(DEPTH, g.k() - k);
      if (late) {
        packBlock(spare, g.strideB() == 0 ? 0 : product, j0, j1, k, depth);
      }
      for (int j = j0; j < j1; j++) {
        for (int i = i0; i < i1; i++) {
          tile(product, i, j, k, depth, spare);
        }
      }
    }
    if (then != Epilogue.NONE) {
      finish(product * g.m(), i0 * MR, Math.min(g.m(), i1 * MR), j0 * NR, Math.min(g.n(), j1 * NR));
    }
  }

  /** Hands on a block of C, in one piece if it is as wide as C. */
  private void finish(int rows, int i0, int i1, int j0, int j1) {
    if (j1 - j0 == g.n()) {
      then.run((rows + i0) * g.n(), (rows + i1) * g.n());
      return;
    }
    for (int i = rows + i0; i < rows + i1; i++) {
      then.run(i * g.n() + j0, i * g.n() + j1);
    }
  }

  private void tile(int product, int i, int j, int k, int depth, float[] spare) {
    int rows = Math.min(MR, g.m() - i * MR);
    int columns = Math.min(NR, g.n() - j * NR);
    int to = c.offset() + (product * g.m() + i * MR) * g.n() + j * NR;
    if (columns == NR && (rows == MR || rows == 4)) {
      tile(k > 0, product, rows, i, j, k, depth, spare, c.array(), to, g.n());
      return;
    }
    for (int r = 0; r < rows && k > 0; r++) {
      System.arraycopy(c.array(), to + r * g.n(), spare, r * NR, columns);
    }
    tile(k > 0, product, rows, i, j, k, depth, spare, spare, 0, NR);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(spare, r * NR, c.array(), to + r * g.n(), columns);
    }
  }

  private void tile(
      boolean add,
      int product,
      int rows,
      int i,
      int j,
      int k,
      int depth,
      float[] spare,
      float[] y,
      int yo,
      int ld) {
    boolean direct = j < firstPacked;
    float[] right = direct ? b.array() : late ? spare : panelsB;
    int productB = g.strideB() == 0 ? 0 : product;
    int packed = (productB * (columnPanels - firstPacked) + j - firstPacked) * g.k() + k;
    int from =
        direct
            ? b.offset() + productB * g.strideB() + k * g.n() + j * NR
            : late ? MR * NR + j % blockColumns * NR * depth : packed * NR;
    if (packA) {
      int panel = (g.strideA() == 0 ? 0 : product) * rowPanels + i;
      Tile.packed(
          add,
          rows,
          depth,
          panelsA,
          (panel * g.k() + k) * MR,
          MR,
          right,
          from,
          direct ? stepDirect : stepB,
          y,
          yo,
          ld);
    } else {
      int base = a.offset() + product * g.strideA() + k * (g.transA() ? g.m() : 1);
      Tile.rows(
          add,
          rows,
          depth,
          a.array(),
          base,
          row,
          i * MR,
          stepA,
          0,
          right,
          from,
          direct ? g.n() : NR,
          y,
          yo,
          ld);
    }
  }
}
