package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * One point for each example, to start from: what another attack found, with or without gradients.
 * A point that does not reach the goal is a failed start of its own example only.
 *
 * @param points clipped to the model's bounds before use; [N, …], the i-th for the example whose
 *     number in {@link Seeds#examples} is i
 */
public record GivenPoints(Tensor points) implements DecisionAttack {
  @Override
  public long queries() {
    return 2; // the input, the point
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(Norm.L2, labels, x);
    Points given = hunt.points();
    for (int i = 0; i < hunt.n; i++) {
      given.add(i, point(seeds.examples()[i], hunt.d));
    }
    hunt.reached(given);
    return hunt.result();
  }

  private float[] point(int example, int d) {
    int n = points.shape().dim(0);
    if (example < 0 || example >= n || points.size() / n != d) {
      throw new AttackException(
          "starting points "
              + points.shape()
              + " for example "
              + example
              + " of "
              + d
              + " elements: one point like the input is needed for every example number");
    }
    return points.slice(example, example + 1).toArray();
  }

  @Override
  public String toString() {
    return "GivenPoints" + points.shape();
  }
}
