package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What an attack found.
 *
 * @param x the perturbed batch, valid inputs
 * @param success for which examples the attack believes to have reached its goal; {@link
 *     Evaluation} looks for itself
 * @param cost what it asked of the model
 */
public record Found(Tensor x, boolean[] success, Cost cost) {
  /** The examples for which the goal was not reached. */
  public int[] survivors() {
    return IntStream.range(0, success.length).filter(i -> !success[i]).toArray();
  }

  /** The share of examples for which the goal was reached. */
  public double rate() {
    return success.length == 0 ? 0 : 1 - (double) survivors().length / success.length;
  }

  /**
   * This, without what is outside the ball around the unperturbed batch {@code x}: there the input
   * itself is left.
   */
  public Found within(Ball ball, Tensor x) {
    double[] distance = Ball.distances(ball.norm(), this.x, x);
    boolean[] inside = new boolean[success.length];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = success[i] && distance[i] <= ball.epsilon();
    }
    int[] outside = IntStream.range(0, inside.length).filter(i -> !inside[i]).toArray();
    return new Found(this.x.withRows(outside, x.rows(outside)), inside, cost);
  }

  /**
   * This, and what {@code next} finds for the survivors.
   *
   * @param x the unperturbed batch
   */
  public Found then(Attack next, Classifier f, Tensor x, Goal goal, Seeds seeds) {
    int[] left = survivors();
    if (left.length == 0 || Limit.isOver(f)) {
      return this;
    }
    Found more = next.on(f, x.rows(left), goal.rows(left), seeds.rows(left));
    boolean[] all = Arrays.copyOf(success, success.length);
    for (int i = 0; i < left.length; i++) {
      all[left[i]] = more.success[i];
    }
    return new Found(this.x.withRows(left, more.x), all, cost.plus(more.cost));
  }

  /**
   * This, or what {@code next} finds, wherever that is nearer to the unperturbed batch {@code x}.
   */
  Found nearer(Attack next, Norm norm, Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (Limit.isOver(f)) {
      return this;
    }
    Found other = next.on(f, x, goal, seeds);
    double[] here = Ball.distances(norm, this.x, x);
    double[] there = Ball.distances(norm, other.x, x);
    int[] nearer =
        IntStream.range(0, here.length)
            .filter(i -> other.success[i] && (!success[i] || there[i] < here[i]))
            .toArray();
    boolean[] all = Arrays.copyOf(success, success.length);
    Arrays.stream(nearer).forEach(i -> all[i] = true);
    return new Found(this.x.withRows(nearer, other.x.rows(nearer)), all, cost.plus(other.cost));
  }
}
