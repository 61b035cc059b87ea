package dev.bagel.tensor.kernel;

import java.util.Arrays;

/**
 * The loop that every heavy kernel of {@link ScalarKernels} is made of: rows of a result, each a
 * sum of scaled rows, {@code yᵢ[j] += Σₗ aᵢₗ · xₗ[j]}. A thread has one panel and loads into it
 * what it multiplies.
 *
 * <p>C2 turns this loop into vector instructions, on the conditions that
 *
 * <ul>
 *   <li>every array has the same index {@code [j]}. A loop over {@code y[yo + j]} and {@code x[xo +
 *       j]} stays scalar, since the compiler cannot know that a store does not change a later load.
 *       Hence rows that are arrays of their own, and the copies into them;
 *   <li>one array is stored to. JDK 17 keeps a loop with a second one scalar;
 *   <li>the body is small: of rows at once, JDK 17 takes six and not seven.
 * </ul>
 *
 * <p>Rows of 512, GFLOP/s of one thread of a shared Zen 4 (17 / 25): six rows at once 41 / 41, four
 * 35 / 40, seven 10 / 29, eight 10 / 38, four rows into four 14 / 54. Without {@code fma} six are 6
 * / 27, which is why that loop takes three.
 */
final class RowPanel {
  /** Rows of x. */
  static final int DEPTH = 48;

  /** Rows of y: with as many columns they fill a quarter of a second-level cache of 1 MB. */
  static final int ROWS = 128;

  /** Columns that a task should have: six rows of x stay in the first-level cache. */
  static final int WIDTH = 512;

  private static final int STEP = 6;
  private static final ThreadLocal<RowPanel> MINE = ThreadLocal.withInitial(RowPanel::new);
  private static final boolean FMA = fmaIsFast();

  float[][] x = {};
  float[][] y = {};
  private float[] a = {};

  private RowPanel() {}

  /** The panel of this thread, with so many rows of x and y of at least so many columns. */
  static RowPanel mine(int depth, int rows, int columns) {
    RowPanel p = MINE.get();
    p.x = grown(p.x, depth, columns);
    p.y = grown(p.y, rows, columns);
    if (p.a.length < rows * DEPTH) {
      p.a = new float[rows * DEPTH];
    }
    return p;
  }

  private static float[][] grown(float[][] rows, int n, int columns) {
    float[][] grown = rows.length < n ? Arrays.copyOf(rows, n) : rows;
    for (int i = 0; i < n; i++) {
      if (grown[i] == null || grown[i].length < columns) {
        grown[i] = new float[Math.max(WIDTH, columns)];
      }
    }
    return grown;
  }

  /** The least number of pieces of {@code size} that cover {@code n}. */
  static int pieces(int n, int size) {
    return (n + size - 1) / size;
  }

  /** Whether the processor has fma; where it has none, {@link Math#fma} takes microseconds. */
  private static boolean fmaIsFast() {
    long best = Long.MAX_VALUE;
    float x = 1;
    for (int i = 0; i < 8; i++) {
      long start = System.nanoTime();
      for (int j = 0; j < 32; j++) {
        x = Math.fma(x, 0.5f, 0.5f);
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    return best < 32 * 300 && x == 1;
  }

  /** Forgets the sums. */
  void clear(int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(y[i], 0, columns, 0);
    }
  }

  /**
   * yᵢ += Σₗ aᵢₗ·xₗ for some rows of y and the first {@code depth} of x, where {@code aᵢₗ =
   * from[offset + row[i0 + i] + step[k0 + l]]}.
   */
  void add(
      int rows,
      int depth,
      int columns,
      float[] from,
      int offset,
      int[] row,
      int i0,
      int[] step,
      int k0) {
    int whole = (depth + STEP - 1) / STEP * STEP;
    for (int l = depth; l < whole; l++) {
      Arrays.fill(x[l], 0, columns, 0);
    }
    for (int i = 0; i < rows; i++) {
      int at = offset + row[i0 + i];
      for (int l = 0; l < depth; l++) {
        a[i * DEPTH + l] = from[at + step[k0 + l]];
      }
      Arrays.fill(a, i * DEPTH + depth, i * DEPTH + whole, 0);
    }
    for (int l = 0; l < whole; l += STEP) {
      for (int i = 0; i < rows; i++) {
        if (FMA) {
          fused(
              columns,
              y[i],
              a,
              i * DEPTH + l,
              x[l],
              x[l + 1],
              x[l + 2],
              x[l + 3],
              x[l + 4],
              x[l + 5]);
        } else {
          rounded(columns, y[i], a, i * DEPTH + l, x[l], x[l + 1], x[l + 2]);
          rounded(columns, y[i], a, i * DEPTH + l + 3, x[l + 3], x[l + 4], x[l + 5]);
        }
      }
    }
  }

  private static void fused(
      int n,
      float[] y,
      float[] a,
      int at,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float[] x4,
      float[] x5) {
    float a0 = a[at];
    float a1 = a[at + 1];
    float a2 = a[at + 2];
    float a3 = a[at + 3];
    float a4 = a[at + 4];
    float a5 = a[at + 5];
    for (int j = 0; j < n; j++) {
      float low = Math.fma(a2, x2[j], Math.fma(a1, x1[j], Math.fma(a0, x0[j], y[j])));
      y[j] = Math.fma(a5, x5[j], Math.fma(a4, x4[j], Math.fma(a3, x3[j], low)));
    }
  }

  private static void rounded(
      int n, float[] y, float[] a, int at, float[] x0, float[] x1, float[] x2) {
    float a0 = a[at];
    float a1 = a[at + 1];
    float a2 = a[at + 2];
    for (int j = 0; j < n; j++) {
      y[j] += a0 * x0[j] + a1 * x1[j] + a2 * x2[j];
    }
  }
}
