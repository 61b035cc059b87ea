package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Ball;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Points that are about to be asked about together, each on the account of one example. */
final class Points {
  /** About as many as are asked about at a time where it could be any number. */
  static final int TOGETHER = 512;

  private final Shape shape; // of a batch, whatever its length
  private final Bounds bounds;
  private final List<float[]> rows = new ArrayList<>();
  private final List<Integer> whose = new ArrayList<>();

  Points(Shape shape, Bounds bounds) {
    this.shape = shape;
    this.bounds = bounds;
  }

  /** Adds a point, which is clipped to the bounds in place and returned. */
  float[] add(int example, float[] point) {
    for (int j = 0; j < point.length; j++) {
      point[j] = Math.min(bounds.high(), Math.max(bounds.low(), point[j]));
    }
    rows.add(point);
    whose.add(example);
    return point;
  }

  int size() {
    return rows.size();
  }

  float[] row(int k) {
    return rows.get(k);
  }

  int whose(int k) {
    return whose.get(k);
  }

  int[] whose() {
    return whose.stream().mapToInt(i -> i).toArray();
  }

  Tensor tensor() {
    int d = rows.isEmpty() ? 0 : rows.get(0).length;
    float[] all = new float[rows.size() * d];
    for (int k = 0; k < rows.size(); k++) {
      System.arraycopy(rows.get(k), 0, all, k * d, d);
    }
    return Tensor.wrap(shape.with(0, rows.size()), all);
  }

  /** The same points, each moved to the nearest one in the ball around its example. */
  Points in(Ball ball, float[][] origins) {
    Points near = new Points(shape, bounds);
    if (rows.isEmpty()) {
      return near;
    }
    Points from = new Points(shape, Bounds.NONE);
    whose.forEach(i -> from.add(i, origins[i]));
    Shape flat = Shape.of(size(), rows.get(0).length);
    Tensor origin = from.tensor().reshape(flat);
    Tensor delta = tensor().reshape(flat).sub(origin);
    Tensor epsilon = Tensor.full(Shape.of(size(), 1), (float) ball.epsilon());
    Tensor x =
        ball.norm()
            .confine(Var.constant(delta), Var.constant(origin), Var.constant(epsilon), bounds)
            .value();
    for (int k = 0; k < size(); k++) {
      near.add(whose(k), x.slice(k, k + 1).toArray());
    }
    return near;
  }
}
