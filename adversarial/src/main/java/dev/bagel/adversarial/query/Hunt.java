package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What every search among decisions keeps: the inputs, and of all points asked about that reached
 * the goal the one nearest to each input.
 */
final class Hunt {
  final Labels labels;
  final Shape shape;
  final int n;
  final int d;
  final float[][] origin;
  private final Norm norm;
  private final float[][] nearest;
  private final double[] distance;
  private final Tensor x;

  Hunt(Norm norm, Labels labels, Tensor x) {
    this.norm = norm;
    this.labels = labels;
    this.x = x;
    shape = x.shape();
    n = shape.dim(0);
    d = x.size() / n;
    origin = rows(x);
    nearest = new float[n][];
    distance = new double[n];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
  }

  static float[][] rows(Tensor x) {
    float[][] rows = new float[x.shape().dim(0)][];
    Arrays.setAll(rows, i -> x.slice(i, i + 1).toArray());
    return rows;
  }

  Bounds bounds() {
    return labels.bounds();
  }

  Points points() {
    return new Points(shape, bounds());
  }

  /** Which of these points reach the goal; the nearest are remembered. */
  boolean[] reached(Points points) {
    boolean[] reached = labels.reached(points.tensor(), points.whose());
    for (int k = 0; k < reached.length; k++) {
      if (reached[k]) {
        offer(points.whose(k), points.row(k));
      }
    }
    return reached;
  }

  private void offer(int i, float[] point) {
    double length = distance(i, point);
    if (length < distance[i]) {
      nearest[i] = point.clone();
      distance[i] = length;
    }
  }

  /** The examples for which a first point was found. */
  int[] startedBy(DecisionAttack start, Seeds seeds) {
    Found found = start.search(labels, x, seeds);
    for (int i = 0; i < n; i++) {
      if (found.success()[i]) {
        offer(i, found.x().slice(i, i + 1).toArray());
      }
    }
    return asking(IntStream.range(0, n).filter(this::has).toArray());
  }

  /** Those of the examples that may still ask. */
  int[] asking(int... examples) {
    return Arrays.stream(examples).filter(i -> labels.left(i) > 0).toArray();
  }

  double distance(int i, float[] point) {
    float[] delta = new float[d];
    for (int j = 0; j < d; j++) {
      delta[j] = point[j] - origin[i][j];
    }
    return norm.length(delta);
  }

  /** A copy of the nearest point that reached the goal. */
  float[] nearest(int i) {
    return nearest[i].clone();
  }

  boolean has(int i) {
    return nearest[i] != null;
  }

  /**
   * Moves what these examples have away from their inputs by a ten-thousandth of the distance,
   * where that reaches the goal: a point right on the boundary may not, once it is scored in
   * another batch with another rounding.
   */
  void settle(int... who) {
    Points behind = points();
    for (int i : who) {
      behind.add(i, Normals.moved(nearest[i], Normals.moved(nearest[i], origin[i], -1), 1e-4));
    }
    boolean[] reached = labels.reached(behind.tensor(), behind.whose());
    for (int k = 0; k < who.length; k++) {
      nearest[who[k]] = reached[k] ? behind.row(k) : nearest[who[k]];
    }
  }

  /** The nearest points; where there is none, the input. */
  Found result() {
    Points result = new Points(shape, Bounds.NONE);
    boolean[] success = new boolean[n];
    for (int i = 0; i < n; i++) {
      success[i] = has(i);
      result.add(i, has(i) ? nearest[i] : origin[i]);
    }
    return new Found(result.tensor(), success, Cost.NONE);
  }
}
