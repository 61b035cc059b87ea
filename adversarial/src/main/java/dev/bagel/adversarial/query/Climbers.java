package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What every search by scores in a ball keeps: where each example is, its surrogate there, and
 * whether it has arrived.
 */
final class Climbers {
  final int n;
  final int d;
  final Shape shape;
  private final Ball ball;
  private final Surrogate surrogate;
  private final Scores scores;
  private final float[][] origin;
  private final float[][] x;
  private final double[] value;
  private final boolean[] arrived;

  <A extends BallAttack & ScoreAttack> Climbers(
      A attack, Scores scores, Tensor x, double... values) {
    ball = attack.ball();
    surrogate = attack.surrogate();
    this.scores = scores;
    shape = x.shape();
    n = shape.dim(0);
    d = x.size() / n;
    origin = Hunt.rows(x);
    this.x = Hunt.rows(x);
    value = values.clone();
    arrived = new boolean[n];
  }

  /** The examples that have neither arrived nor spent their queries. */
  int[] climbing() {
    return IntStream.range(0, n).filter(i -> !arrived[i] && scores.left(i) > 0).toArray();
  }

  boolean isClimbing() {
    return climbing().length > 0;
  }

  float[] x(int i) {
    return x[i];
  }

  float[] origin(int i) {
    return origin[i];
  }

  double value(int i) {
    return value[i];
  }

  Bounds bounds() {
    return scores.bounds();
  }

  Points points() {
    return new Points(shape, bounds());
  }

  /**
   * What the surrogate says of some points, which are in the ball; an example goes to a point that
   * is better than the best so far, and stays at the first that reaches the goal.
   */
  double[] told(Points points) {
    Scores.Told told = scores.at(surrogate, points.tensor(), points.whose());
    for (int k = 0; k < points.size(); k++) {
      int i = points.whose(k);
      boolean better = told.reached()[k] || told.values()[k] > value[i];
      if (!arrived[i] && better) {
        x[i] = points.row(k);
        value[i] = told.values()[k];
        arrived[i] = told.reached()[k];
      }
    }
    return told.values();
  }

  /** Proposes one point to each of these examples, projected into the ball; who did not take it. */
  int[] step(int[] who, IntFunction<float[]> proposal) {
    Points points = points();
    for (int i : who) {
      points.add(i, proposal.apply(i));
    }
    float[][] before = x.clone();
    told(points.in(ball, origin));
    return Arrays.stream(who).filter(i -> x[i] == before[i]).toArray();
  }

  /** Where the examples are that arrived; for the others, the inputs. */
  Found result() {
    Points result = new Points(shape, Bounds.NONE);
    for (int i = 0; i < n; i++) {
      result.add(i, arrived[i] ? x[i] : origin[i]);
    }
    return new Found(result.tensor(), arrived.clone(), Cost.NONE);
  }
}
