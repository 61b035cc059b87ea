package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Norm;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Tensor;
import java.util.function.ToDoubleFunction;

/**
 * The input that a walk starts from, and the nearest point found so far that reaches the goal.
 *
 * <p>Walks see a box of 0 … 1 whatever the model's bounds are, so that the lengths in the papers,
 * which are for pixels in that range, mean the same for every model. An input without finite bounds
 * is seen as it is.
 */
final class Example {
  /** Its place in the batch. */
  final int row;

  /** The input in units of the box, [D]. */
  final float[] origin;

  /** The box, 0 … 1 or not finite. */
  final Bounds box;

  /** The right class, or −1 if the goal knows none. */
  final int label;

  /** The class that is aimed at, or −1 if any other will do. */
  final int target;

  /** The scores of the input, [K]. */
  final float[] scores;

  private final float[] input;
  private final Bounds bounds;
  private final ToDoubleFunction<float[]> measure;
  private float[] nearest;
  private double distance = Double.POSITIVE_INFINITY;

  Example(
      int row,
      float[] input,
      Bounds bounds,
      int label,
      int target,
      float[] scores,
      ToDoubleFunction<float[]> measure) {
    this.row = row;
    this.input = input;
    this.bounds = bounds;
    this.label = label;
    this.target = target;
    this.scores = scores;
    this.measure = measure;
    box = bounds.isClosed() ? Bounds.UNIT : bounds;
    origin = units(input);
  }

  private float[] units(float[] x) {
    float[] point = x.clone();
    for (int i = 0; !box.equals(bounds) && i < x.length; i++) {
      point[i] = clip((x[i] - bounds.low()) / unit(bounds));
    }
    return point;
  }

  /** This example's row of a batch of inputs. */
  float[] of(Tensor batch) {
    return batch.slice(row, row + 1).toArray();
  }

  /** The same in units of the box. */
  float[] toUnits(Tensor batch) {
    return units(of(batch));
  }

  /** How far this example's row of a batch of inputs is, in units of the box. */
  double distanceTo(Tensor batch) {
    return measure.applyAsDouble(delta(toUnits(batch)));
  }

  /** The length of one unit of the box in input units. */
  static float unit(Bounds bounds) {
    return (float) Ball.reach(bounds);
  }

  /** A point in input units. What a walk did not change is the input's to the last bit. */
  float[] toInput(float[] point) {
    float[] x = new float[point.length];
    boolean same = box.equals(bounds);
    for (int i = 0; i < x.length; i++) {
      float moved = same ? point[i] : bounds.low() + unit(bounds) * point[i];
      float clipped = Math.min(bounds.high(), Math.max(bounds.low(), moved));
      x[i] = point[i] == origin[i] ? input[i] : clipped;
    }
    return x;
  }

  /** The nearest number that an element may be. */
  float clip(float v) {
    return Math.min(box.high(), Math.max(box.low(), v));
  }

  /** origin + δ, inside the box. */
  float[] at(float[] delta) {
    float[] point = new float[delta.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = clip(origin[i] + delta[i]);
    }
    return point;
  }

  /** A gradient at a point, without the elements that it would push out of the box. */
  float[] movable(float[] g, float[] point) {
    float[] free = g.clone();
    for (int i = 0; i < g.length; i++) {
      boolean stuck = g[i] > 0 ? point[i] >= box.high() : point[i] <= box.low();
      free[i] = stuck ? 0 : g[i];
    }
    return free;
  }

  /** point − origin. */
  float[] delta(float[] point) {
    return Vectors.difference(point, origin);
  }

  /** ‖δ‖ of the farthest point of the box. */
  double farthest(Norm norm) {
    float[] delta = new float[origin.length];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = Math.max(origin[i] - box.low(), box.high() - origin[i]);
    }
    return norm.length(delta);
  }

  /** By how much the wanted score is above the largest other one, or another above the label's. */
  double margin(float[] scores) {
    int own = target >= 0 ? target : label;
    double best = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < scores.length; k++) {
      best = k == own ? best : Math.max(best, scores[k]);
    }
    return target >= 0 ? scores[own] - best : best - scores[own];
  }

  /** Remembers a point that reaches the goal, if it is nearer than all before. */
  void offer(float[] point) {
    double here = measure.applyAsDouble(delta(point));
    if (here < distance) {
      distance = here;
      nearest = point.clone();
    }
  }

  /** Whether a point was found. */
  boolean isFound() {
    return nearest != null;
  }

  /** How far the nearest point found is, in units of the box; infinite if there is none. */
  double distance() {
    return distance;
  }

  /** The nearest point found. */
  float[] nearest() {
    return nearest;
  }
}
