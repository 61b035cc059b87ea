package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * One row times a matrix: what a dense layer is for a single example.
 *
 * <p>Each element of the matrix is used once, so the time is that of reading it. It is read where
 * it is, row after row, forward (B transposed: a scalar product with each row) and backward (a sum
 * of rows with weights): both directions share the one copy, which then has a chance to stay in the
 * last-level cache. Backward, rows with weight zero are not read at all: behind a rectifier that is
 * half of them.
 */
final class MatVec implements Kernel {
  /** Rows that are read at once. */
  private static final int ROWS = 4;

  /** Elements of B of one task, if its rows are what is split. */
  private static final int TASK = 1 << 16;

  /** Columns of one task otherwise: rows are read in pieces that are long enough to stream. */
  private static final int COLUMNS = 1024;

  private final Product g;
  private final Span a;
  private final Span b;
  private final Span c;
  private final Epilogue then;
  private final int perTask;
  private final boolean skips;
  private final int[] rows; // where the rows of B with a weight other than zero begin
  private final float[] weights;
  private int some;
  private final Parallel.Body task;

  /** Whether this is a product of that kind. */
  static boolean fits(Product g) {
    return g.m() == 1 && g.batch() == 1;
  }

  MatVec(Product g, Span a, Span b, Span c, Epilogue then) {
    this.g = g;
    this.a = a;
    this.b = b;
    this.c = c;
    this.then = then;
    perTask = g.transB() ? Math.max(1, TASK / Math.max(1, g.k()) / ROWS) * ROWS : COLUMNS;
    skips = !g.transB() && mayBeSkipped(b);
    rows = new int[g.transB() ? 0 : g.k() + 1];
    weights = new float[rows.length];
    task = g.transB() ? this::products : this::sums;
  }

  /** Whether zero times each of these is zero for good, so that rows of them may be skipped. */
  static boolean mayBeSkipped(Span x) {
    if (!x.fixed()) {
      return false;
    }
    float zero = 0;
    for (int i = x.offset(); i < x.offset() + x.length(); i++) {
      zero += 0 * x.array()[i]; // 0 · ∞ and 0 · NaN are not 0, and may not be skipped
    }
    return zero == 0;
  }

  @Override
  public void run() {
    if (!g.transB()) {
      some = select(skips, g.k(), a, b.offset(), g.n(), weights, rows);
    }
    Parallel.run(pieces(g.n(), perTask), task);
  }

  /**
   * Lists the rows that count, with their weights: all, or those whose weight is not zero.
   *
   * @param at where their rows begin: {@code base + k·step}
   * @return how many they are
   */
  static int select(boolean skips, int n, Span row, int base, int step, float[] weights, int[] at) {
    int keep = skips ? 0 : 1;
    int some = 0;
    for (int k = 0; k < n; k++) {
      float weight = row.array()[row.offset() + k];
      weights[some] = weight;
      at[some] = base + k * step;
      int bits = Float.floatToRawIntBits(weight) << 1; // without a branch, which nobody can predict
      some += ((bits | -bits) >>> 31) | keep;
    }
    return some;
  }

  /** c[j] = Σ_k a[k] · B[j, k]. */
  private void products(int grain) {
    int j0 = grain * perTask;
    int j1 = Math.min(g.n(), j0 + perTask);
    float[] s = Scratch.floats(ROWS * L);
    int whole = g.k() - g.k() % L;
    for (int j = j0; j < j1; j += ROWS) {
      int at = b.offset() + j * g.k();
      int step = j + ROWS <= j1 ? g.k() : 0; // the last few, one by one
      int count = step == 0 ? j1 - j : 1;
      for (int i = 0; i < count; i++) {
        products4(whole, a.array(), a.offset(), b.array(), at + i * g.k(), step, s);
        for (int r = 0; r < (step == 0 ? 1 : ROWS); r++) {
          c.array()[c.offset() + j + i + r] = finish(s, r * L, whole, at + (i + r) * g.k());
        }
      }
    }
    then.run(j0, j1);
  }

  private float finish(float[] s, int so, int whole, int row) {
    float sum = 0;
    for (int k = whole; k < g.k(); k++) {
      sum += a.array()[a.offset() + k] * b.array()[row + k];
    }
    for (int width = L / 2; width > 0; width /= 2) {
      for (int i = so; i < so + width; i++) {
        s[i] += s[i + width];
      }
    }
    return sum + s[so];
  }

  /** Lane by lane, the products of x with four rows. */
  private static void products4(int n, float[] x, int xo, float[] y, int yo, int row, float[] s) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = FloatVector.zero(F);
    FloatVector s2 = FloatVector.zero(F);
    FloatVector s3 = FloatVector.zero(F);
    int y1 = yo + row;
    int y2 = y1 + row;
    int y3 = y2 + row;
    for (int k = 0; k < n; k += L) {
      FloatVector v = FloatVector.fromArray(F, x, xo + k);
      s0 = v.fma(FloatVector.fromArray(F, y, yo + k), s0);
      s1 = v.fma(FloatVector.fromArray(F, y, y1 + k), s1);
      s2 = v.fma(FloatVector.fromArray(F, y, y2 + k), s2);
      s3 = v.fma(FloatVector.fromArray(F, y, y3 + k), s3);
    }
    s0.intoArray(s, 0);
    s1.intoArray(s, L);
    s2.intoArray(s, 2 * L);
    s3.intoArray(s, 3 * L);
  }

  /** c[j] = Σ_k a[k] · B[k, j], four rows at a time. */
  private void sums(int grain) {
    int j0 = grain * perTask;
    int j1 = Math.min(g.n(), j0 + perTask);
    int whole = (j1 - j0) - (j1 - j0) % L;
    float[] y = c.array();
    int yo = c.offset() + j0;
    Arrays.fill(y, yo, yo + j1 - j0, 0);
    int fours = some - some % ROWS;
    for (int r = 0; r < fours; r += ROWS) {
      sums4(whole, weights, rows, r, b.array(), j0, y, yo);
    }
    for (int r = whole == j1 - j0 ? fours : 0;
        r < some;
        r++) { // what is left: columns of these rows, and the last rows
      int first = r < fours ? whole : 0;
      for (int j = first; j < j1 - j0; j++) {
        y[yo + j] = Math.fma(weights[r], b.array()[rows[r] + j0 + j], y[yo + j]);
      }
    }
    then.run(j0, j1);
  }

  private static void sums4(
      int n, float[] w, int[] row, int r, float[] x, int xo, float[] y, int yo) {
    int x0 = row[r] + xo;
    int x1 = row[r + 1] + xo;
    int x2 = row[r + 2] + xo;
    int x3 = row[r + 3] + xo;
    FloatVector w0 = FloatVector.broadcast(F, w[r]);
    FloatVector w1 = FloatVector.broadcast(F, w[r + 1]);
    FloatVector w2 = FloatVector.broadcast(F, w[r + 2]);
    FloatVector w3 = FloatVector.broadcast(F, w[r + 3]);
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(F, y, yo + j);
      v = w0.fma(FloatVector.fromArray(F, x, x0 + j), v);
      v = w1.fma(FloatVector.fromArray(F, x, x1 + j), v);
      v = w2.fma(FloatVector.fromArray(F, x, x2 + j), v);
      v = w3.fma(FloatVector.fromArray(F, x, x3 + j), v);
      v.intoArray(y, yo + j);
    }
  }
}
