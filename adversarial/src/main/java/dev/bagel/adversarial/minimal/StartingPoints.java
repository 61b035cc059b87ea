package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/**
 * Points that somebody has already, as the attack that finds them: where {@link BrendelBethge} and
 * {@link Fmn} may begin. A point that does not reach the goal is no success.
 *
 * @param points one for each example of the data set, by the example's number in {@link Seeds}, [N,
 *     …]
 */
public record StartingPoints(Tensor points) implements Attack {
  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Tensor own = points.rows(seeds.examples());
    if (!own.shape().equals(x.shape())) {
      throw new IllegalArgumentException(
          "starting points %s for inputs %s: one of the same shape for each"
              .formatted(points.shape(), x.shape()));
    }
    f.bounds().check(own);
    return new Found(own, goal.reached(f.scores(own)), new Cost(0, seeds.size()));
  }
}
