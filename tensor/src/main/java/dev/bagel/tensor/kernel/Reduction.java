package dev.bagel.tensor.kernel;

import dev.bagel.tensor.Shape;
import java.util.Arrays;

/**
 * Sums or maxima over some axes: [… n …] → [… 1 …].
 *
 * <p>Every output element is computed by one task, in an order that depends on the shapes alone.
 * Where the last axis is reduced, each output adds up runs of neighbours (in double between the
 * runs); where it is kept, rows are added to rows, {@value #ROWS} at a time, so that the error
 * grows with the square root of the number of rows and not with the number.
 */
public final class Reduction implements Kernel, Parallel.Body {
  /** What is made of many numbers. */
  public enum Of {
    SUM,
    MAX
  }

  private static final int ROWS = 32;
  private static final int COLUMNS = 512;

  private final Kernels kernels;
  private final Of of;
  private final Span x;
  private final Span y;
  private final int[] kept; // where in x each outer output begins
  private final int[] reduced; // where, from there, each run or row begins
  private final int inner; // length of the run that is reduced, or of the row that is kept
  private final boolean runs;
  private final int perGrain;

  /** Reduces {@code from} to {@code to}, which has length 1 along every reduced axis. */
  public Reduction(Kernels kernels, Of of, Shape from, Shape to, Span x, Span y) {
    this.kernels = kernels;
    this.of = of;
    this.x = x;
    this.y = y;
    int[] small = to.broadcastStrides(from);
    int rank = from.rank();
    int tail = rank; // the axes from here on are all reduced or all kept
    while (tail > 0
        && (from.dim(tail - 1) == 1 || isReduced(small, tail - 1) == lastReduced(from, small))) {
      tail--;
    }
    runs = rank > 0 && lastReduced(from, small);
    inner = from.sub(tail, rank).size();
    int[] strides = from.strides();
    kept = offsets(from, strides, small, tail, false);
    reduced = offsets(from, strides, small, tail, true);
    int work = runs ? inner * reduced.length : COLUMNS * reduced.length;
    perGrain = Math.max(1, 16384 / Math.max(1, work));
  }

  private static boolean isReduced(int[] small, int axis) {
    return small[axis] == 0;
  }

  /** Whether the last axis that is longer than 1 is reduced. */
  private static boolean lastReduced(Shape from, int[] small) {
    int last = small.length - 1;
    while (last > 0 && from.dim(last) == 1) {
      last--;
    }
    return last < 0 || isReduced(small, last);
  }

  /** Offsets of all positions along the reduced (or the kept) axes before {@code tail}. */
  private static int[] offsets(Shape from, int[] strides, int[] small, int tail, boolean reduced) {
    int[] out = {0};
    for (int axis = 0; axis < tail; axis++) {
      int n = from.dim(axis);
      if (n == 1 || isReduced(small, axis) != reduced) {
        continue;
      }
      int[] next = new int[out.length * n];
      for (int i = 0; i < next.length; i++) {
        next[i] = out[i / n] + i % n * strides[axis];
      }
      out = next;
    }
    return out;
  }

  @Override
  public void run() {
    if (y.length() == 0) {
      return;
    }
    if (x.length() == 0) {
      Arrays.fill(y.array(), y.offset(), y.offset() + y.length(), empty());
      return;
    }
    int pieces = runs ? kept.length : kept.length * columnBlocks();
    Parallel.run((pieces + perGrain - 1) / perGrain, this);
  }

  private float empty() {
    return of == Of.SUM ? 0 : Float.NEGATIVE_INFINITY;
  }

  private int columnBlocks() {
    return (inner + COLUMNS - 1) / COLUMNS;
  }

  @Override
  public void run(int grain) {
    int pieces = runs ? kept.length : kept.length * columnBlocks();
    int to = Math.min(pieces, (grain + 1) * perGrain);
    for (int p = grain * perGrain; p < to; p++) {
      if (runs) {
        y.array()[y.offset() + p] = overRuns(x.offset() + kept[p]);
      } else {
        int column = p % columnBlocks() * COLUMNS;
        overRows(p / columnBlocks(), column, Math.min(COLUMNS, inner - column));
      }
    }
  }

  private float overRuns(int from) {
    if (of == Of.MAX) {
      float best = Float.NEGATIVE_INFINITY;
      for (int offset : reduced) {
        best = Math.max(best, kernels.max(x.array(), from + offset, inner));
      }
      return best;
    }
    double sum = 0;
    for (int offset : reduced) {
      sum += kernels.sum(x.array(), from + offset, inner);
    }
    return (float) sum;
  }

  private void overRows(int outer, int column, int n) {
    Binary f = of == Of.MAX ? Binary.MAX : Binary.ADD;
    float[] part = Scratch.floats(COLUMNS);
    int to = y.offset() + outer * inner + column;
    for (int r = 0; r < reduced.length; r += ROWS) {
      for (int i = r; i < Math.min(reduced.length, r + ROWS); i++) {
        int from = x.offset() + kept[outer] + reduced[i] + column;
        if (i == r) {
          System.arraycopy(x.array(), from, part, 0, n);
        } else {
          kernels.binary(f, part, 0, x.array(), from, part, 0, n);
        }
      }
      if (r == 0) {
        System.arraycopy(part, 0, y.array(), to, n);
      } else {
        kernels.binary(f, y.array(), to, part, 0, y.array(), to, n);
      }
    }
  }
}
