package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * As much less contrast as the ball allows: x + min(1, ε/‖grey − x‖)·(grey − x). One question.
 *
 * @param target which grey, from 0 (the least valid input) to 1 (the greatest)
 */
public record ContrastReduction(Ball ball, double target) implements BallAttack, DecisionAttack {
  public ContrastReduction {
    if (ball.norm() == Norm.L0) {
      throw new AttackException(
          "contrast cannot be reduced in part of the elements: use ℓ2, ℓ∞ or ℓ1");
    }
  }

  /** Towards the middle of the range. */
  public static ContrastReduction in(Ball ball) {
    return new ContrastReduction(ball, 0.5);
  }

  public ContrastReduction target(double target) {
    return new ContrastReduction(ball, target);
  }

  @Override
  public ContrastReduction within(double epsilon) {
    return new ContrastReduction(ball.withEpsilon(epsilon), target);
  }

  @Override
  public long queries() {
    return 2; // the input, the grey one
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(ball.norm(), labels, x);
    Degradation.Contrast grey = new Degradation.Contrast(target);
    Points points = hunt.points();
    for (int i = 0; i < hunt.n; i++) {
      float[] o = hunt.origin[i];
      double way = hunt.distance(i, grey.at(1, o, hunt.shape, hunt.bounds(), null));
      double s = Math.min(1, ball.epsilon() / Math.max(way, Norm.TINY));
      points.add(i, grey.at(s, o, hunt.shape, hunt.bounds(), null));
    }
    hunt.reached(points);
    return hunt.result();
  }
}
