package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.tensor.Tensor;

/**
 * Differential evolution over a few pixels, where they are and what colour they get: Su, Vargas and
 * Sakurai 2019, "One pixel attack", §III-B. All channels of a pixel change together, so in an image
 * with C channels a pixel is C of the ball's elements.
 *
 * @param ball ℓ0; ε / C, rounded down, is the number of pixels
 * @param generations at most
 * @param population how many candidates
 * @param differential F, the weight of a difference of two candidates
 */
public record OnePixel(
    Ball ball,
    int generations,
    int population,
    double differential,
    Surrogate surrogate,
    long queries)
    implements BallAttack, ScoreAttack {
  public OnePixel {
    Ledger.checked(queries);
    if (ball.norm() != Norm.L0) {
      throw new AttackException("the one-pixel attack is for ℓ0 balls, not for " + ball);
    }
    if (population < 4) {
      throw new IllegalArgumentException(
          population + " candidates: one and three others, so at least four");
    }
  }

  /** 100 generations of 400, F = 0.5. */
  public static OnePixel in(Ball ball) {
    return new OnePixel(ball, 100, 400, 0.5, Surrogate.crossEntropy(), Oracle.UNLIMITED);
  }

  public OnePixel generations(int generations) {
    return new OnePixel(ball, generations, population, differential, surrogate, queries);
  }

  public OnePixel population(int population) {
    return new OnePixel(ball, generations, population, differential, surrogate, queries);
  }

  public OnePixel surrogate(Surrogate surrogate) {
    return new OnePixel(ball, generations, population, differential, surrogate, queries);
  }

  public OnePixel queries(long queries) {
    return new OnePixel(ball, generations, population, differential, surrogate, queries);
  }

  @Override
  public OnePixel within(double epsilon) {
    Ball other = ball.withEpsilon(epsilon);
    return new OnePixel(other, generations, population, differential, surrogate, queries);
  }

  @Override
  public Found search(Scores scores, Tensor x, double[] values, Seeds seeds) {
    return new PixelEvolution(this, new Climbers(this, scores, x, values), seeds).found();
  }
}
