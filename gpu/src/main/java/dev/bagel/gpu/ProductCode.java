package dev.bagel.gpu;

import dev.bagel.autodiff.MatMul;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Conv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Descriptors of matrix products and convolutions, for {@link Products}. */
final class ProductCode {
  private static final int FEW = 4; // filters, up to which nothing is shared

  private final Descriptors out;
  private final int groups;

  /** How many elements of sums in parts were asked for at most. */
  private int partial = 1;

  ProductCode(Descriptors out, int groups) {
    this.out = out;
    this.groups = groups;
  }

  int partial() {
    return partial;
  }

  /** op(A) · op(B) of matrices or batches of them; no chain is 0. */
  void matmul(MatMul op, Shape a, int aPlace, Shape b, int bPlace, Shape y, int yPlace, int chain) {
    int m = y.dim(-2);
    int n = y.dim(-1);
    int k = a.dim(op.transA() ? -2 : -1);
    int[] d = new int[Products.FIELDS];
    d[Products.KIND] = Products.MATMUL;
    d[Products.M] = m;
    d[Products.N] = n;
    d[Products.K] = k;
    d[Products.BATCH] = y.rank() == 3 ? y.dim(0) : 1;
    d[Products.PART] = Math.max(1, k);
    d[Products.CHAIN] = chain;
    d[Products.A] = aPlace;
    d[Products.A_BATCH] = a.rank() == 3 ? m * k : 0;
    d[Products.A_M] = op.transA() ? 1 : k;
    d[Products.A_K] = op.transA() ? m : 1;
    d[Products.A_TURNED] = op.transA() ? 1 : 0;
    d[Products.B] = bPlace;
    d[Products.B_BATCH] = b.rank() == 3 ? k * n : 0;
    d[Products.B_K] = op.transB() ? 1 : n;
    d[Products.B_N] = op.transB() ? k : 1;
    d[Products.C] = yPlace;
    d[Products.C_BATCH] = m * n;
    d[Products.C_M] = n;
    tiled(d);
  }

  /** y = x ⋆ w. */
  void conv(Conv g, int x, int w, int y, int chain) {
    int[] d = images(g);
    d[Products.KIND] = Products.CONV;
    d[Products.M] = g.groupO();
    d[Products.N] = d[Products.PIXELS];
    d[Products.K] = g.groupC() * g.kh() * g.kw();
    d[Products.PART] = d[Products.K];
    d[Products.CHAIN] = chain;
    d[Products.A] = w;
    d[Products.A_BATCH] = g.groupO() * d[Products.K];
    d[Products.A_M] = d[Products.K];
    d[Products.B] = x;
    d[Products.C] = y;
    d[Products.C_BATCH] = g.groupO() * g.oh() * g.ow();
    d[Products.C_M] = g.oh() * g.ow();
    d[Products.C_IMAGE] = g.o() * g.oh() * g.ow();
    d[Products.C_ROW] = g.ow();
    d[Products.C_COLUMN] = 1;
    d[Products.TAPS] = out.table(taps(g));
    convolution(d);
  }

  /** What a convolution and the gradient of its filters read of x. */
  private static int[] images(Conv g) {
    int[] d = new int[Products.FIELDS];
    d[Products.BATCH] = g.groups();
    d[Products.B_BATCH] = g.groupC() * g.h() * g.w();
    d[Products.B_K] = g.c() * g.h() * g.w();
    d[Products.HEIGHT] = g.h();
    d[Products.WIDTH] = g.w();
    d[Products.ROWS] = g.oh();
    d[Products.COLUMNS] = g.ow();
    d[Products.PIXELS] = g.n() * g.oh() * g.ow();
    d[Products.STRIDE_Y] = g.strideY();
    d[Products.STRIDE_X] = g.strideX();
    d[Products.TOP] = g.top();
    d[Products.LEFT] = g.left();
    return d;
  }

  private static int[] taps(Conv g) {
    int[] taps = new int[4 * g.groupC() * g.kh() * g.kw()];
    for (int k = 0; k < taps.length / 4; k++) {
      int r = k / g.kw() % g.kh() * g.dilationY();
      int q = k % g.kw() * g.dilationX();
      int c = k / (g.kh() * g.kw());
      tap(taps, k, (c * g.h() + r) * g.w() + q, r, q, k);
    }
    return taps;
  }

  private static void tap(int[] taps, int k, int element, int row, int column, int weight) {
    taps[4 * k] = element;
    taps[4 * k + 1] = row;
    taps[4 * k + 2] = column;
    taps[4 * k + 3] = weight;
  }

  /**
   * x̄ from ȳ. Of the rows of x that are the same modulo the stride, all read the same taps, one
   * row of ȳ after the other: so it is strideY × strideX convolutions without a stride.
   */
  void convInput(Conv g, int ybar, int w, int xbar, int chain) {
    for (int r = 0; r < Math.min(g.strideY(), g.h()); r++) {
      for (int q = 0; q < Math.min(g.strideX(), g.w()); q++) {
        phase(g, r, q, ybar, w, xbar, chain);
      }
    }
  }

  private void phase(Conv g, int r, int q, int ybar, int w, int xbar, int chain) {
    int[] taps = tapsBack(g, r, q);
    int filter = g.kh() * g.kw();
    int[] d = new int[Products.FIELDS];
    d[Products.KIND] = Products.CONV;
    d[Products.ROWS] = (g.h() - r + g.strideY() - 1) / g.strideY();
    d[Products.COLUMNS] = (g.w() - q + g.strideX() - 1) / g.strideX();
    d[Products.PIXELS] = g.n() * d[Products.ROWS] * d[Products.COLUMNS];
    d[Products.M] = g.groupC();
    d[Products.N] = d[Products.PIXELS];
    d[Products.K] = taps.length / 4;
    d[Products.BATCH] = g.groups();
    d[Products.PART] = Math.max(1, d[Products.K]);
    d[Products.CHAIN] = chain;
    d[Products.A] = w;
    d[Products.A_BATCH] = g.groupO() * g.groupC() * filter;
    d[Products.A_M] = filter;
    d[Products.B] = ybar;
    d[Products.B_BATCH] = g.groupO() * g.oh() * g.ow();
    d[Products.B_K] = g.o() * g.oh() * g.ow();
    d[Products.HEIGHT] = g.oh();
    d[Products.WIDTH] = g.ow();
    d[Products.STRIDE_Y] = 1;
    d[Products.STRIDE_X] = 1;
    d[Products.C] = xbar;
    d[Products.C_BATCH] = g.groupC() * g.h() * g.w();
    d[Products.C_M] = g.h() * g.w();
    d[Products.C_IMAGE] = g.c() * g.h() * g.w();
    d[Products.C_ROW] = g.strideY() * g.w();
    d[Products.C_COLUMN] = g.strideX();
    d[Products.C_FIRST] = r * g.w() + q;
    d[Products.TAPS] = out.table(taps);
    convolution(d);
  }

  /** The taps through which rows r + stride · i and columns q + stride · j of x act on y. */
  private static int[] tapsBack(Conv g, int r, int q) {
    List<int[]> taps = new ArrayList<>();
    for (int o = 0; o < g.groupO(); o++) {
      for (int u = 0; u < g.kh(); u++) {
        for (int v = 0; v < g.kw(); v++) {
          int y = r + g.top() - u * g.dilationY();
          int x = q + g.left() - v * g.dilationX();
          if (y % g.strideY() == 0 && x % g.strideX() == 0) {
            int row = y / g.strideY();
            int column = x / g.strideX();
            int element = (o * g.oh() + row) * g.ow() + column;
            int weight = o * g.groupC() * g.kh() * g.kw() + u * g.kw() + v;
            taps.add(new int[] {element, row, column, weight});
          }
        }
      }
    }
    return taps.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** w̄ from x and ȳ: a sum over all pixels, in parts, because there are few filters. */
  void convFilter(Conv g, int x, int ybar, int wbar) {
    int[] d = images(g);
    int size = g.o() * g.groupC() * g.kh() * g.kw();
    d[Products.KIND] = Products.FILTER;
    d[Products.M] = g.groupO();
    d[Products.N] = g.groupC() * g.kh() * g.kw();
    d[Products.K] = d[Products.PIXELS];
    d[Products.A] = ybar;
    d[Products.A_BATCH] = g.groupO() * g.oh() * g.ow();
    d[Products.A_M] = g.oh() * g.ow();
    d[Products.A_K] = g.o() * g.oh() * g.ow();
    d[Products.B] = x;
    d[Products.C_BATCH] = g.groupO() * d[Products.N];
    d[Products.C_M] = d[Products.N];
    d[Products.TAPS] = out.table(taps(g));
    Tiles tiles = Tiles.of(d[Products.M], d[Products.N], g.groups(), groups);
    int parts = tiles.parts(d[Products.M], d[Products.N], g.groups(), d[Products.K], groups);
    d[Products.PART] = Math.max(1, (d[Products.K] + parts - 1) / parts);
    tiled(d, tiles);
    partial = Math.max(partial, Math.multiplyExact(d[Products.PARTS], size));
    out.pass(Descriptors.When.BODY, Code.SUM_PARTS, wbar, size, d[Products.PARTS]);
  }

  private void convolution(int[] d) {
    if (d[Products.M] <= FEW) {
      d[0] = Code.FEW;
      out.pass(Descriptors.When.BODY, d);
    } else {
      tiled(d);
    }
  }

  private void tiled(int[] d) {
    tiled(d, Tiles.of(d[Products.M], d[Products.N], d[Products.BATCH], groups));
  }

  private void tiled(int[] d, Tiles tiles) {
    d[0] = tiles.registers() == 8 ? Code.TILE8 : Code.TILE4;
    d[Products.LOG_WIDTH] = tiles.logWidth();
    d[Products.DOWN] = tiles.down(d[Products.M]);
    d[Products.ACROSS] = tiles.across(d[Products.N]);
    d[Products.PARTS] = Math.max(1, (d[Products.K] + d[Products.PART] - 1) / d[Products.PART]);
    out.pass(Descriptors.When.BODY, d);
  }
}
