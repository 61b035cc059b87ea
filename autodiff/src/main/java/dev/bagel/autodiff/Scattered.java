package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Span;

/** Copies x, row by row, to places of y that are some strides apart. */
final class Scattered implements Kernel, Parallel.Body {
  private static final int GRAIN = 1 << 14;

  private final Span x;
  private final Span y;
  private final int[] dims;
  private final int offset;
  private final int[] strides;
  private final int row;
  private final int rows;

  Scattered(Operand x, Span y, int offset, int[] strides) {
    this.x = x.span();
    this.y = y;
    this.dims = x.shape().toArray();
    this.offset = offset;
    this.strides = strides;
    row = dims.length == 0 ? 1 : dims[dims.length - 1];
    rows = row == 0 ? 0 : x.shape().size() / row;
  }

  @Override
  public void run() {
    int perGrain = Math.max(1, GRAIN / Math.max(1, row));
    Parallel.run((rows + perGrain - 1) / perGrain, this);
  }

  @Override
  public void run(int grain) {
    int perGrain = Math.max(1, GRAIN / row);
    int step = dims.length == 0 ? 1 : strides[dims.length - 1];
    for (int r = grain * perGrain; r < Math.min(rows, (grain + 1) * perGrain); r++) {
      int to = y.offset() + offset;
      for (int d = dims.length - 2, rest = r; d >= 0; rest /= dims[d--]) {
        to += rest % dims[d] * strides[d];
      }
      int from = x.offset() + r * row;
      if (step == 1) {
        System.arraycopy(x.array(), from, y.array(), to, row);
      } else {
        for (int j = 0; j < row; j++) {
          y.array()[to + j * step] = x.array()[from + j];
        }
      }
    }
  }
}
