package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;

import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;

/** yᵢⱼ = (xᵢⱼ − maxᵢ) − log Σₖ exp(xᵢₖ − maxᵢ), row by row. */
final class LogSoftmax implements Kernel {
  private static final int TASK = 1 << 12;

  private final Elementwise elementwise;
  private final int rows;
  private final int k;
  private final Span x;
  private final Span y;
  private final int perTask;
  private final Parallel.Body task = this::task;

  LogSoftmax(Elementwise elementwise, int rows, int k, Span x, Span y) {
    this.elementwise = elementwise;
    this.rows = rows;
    this.k = k;
    this.x = x;
    this.y = y;
    perTask = Math.max(1, TASK / k);
  }

  @Override
  public void run() {
    Parallel.run(pieces(rows, perTask), task);
  }

  private void task(int grain) {
    float[] e = Scratch.floats(k);
    for (int r = grain * perTask; r < Math.min(rows, (grain + 1) * perTask); r++) {
      int from = x.offset() + r * k;
      float max = elementwise.max(x.array(), from, k);
      elementwise.minus(x.array(), from, max, 0, e, 0, k);
      elementwise.unary(Unary.EXP, e, 0, e, 0, k);
      float logSum = (float) Math.log(elementwise.sum(e, 0, k));
      elementwise.minus(x.array(), from, max, logSum, y.array(), y.offset() + r * k, k);
    }
  }
}
