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
 * A genetic search in an ℓ∞ ball: Alzantot et al. 2019, "GenAttack", Algorithm 1. Fitness is log
 * p_t − log Σ_{j≠t} p_j, which is what the cross-entropy surrogate climbs; without a target it is
 * the odds against the label. The best of a generation lives on, and is not asked about again.
 *
 * @param generations how many
 * @param population how many in each
 * @param mutation ρ, the least share of the elements that mutate
 * @param range α, the least range of a mutation, in radii
 * @param temperature τ of the softmax that parents are drawn from
 * @param plateau after so many generations without a better one, mutations become rarer and smaller
 *     (from 0.5 and 0.4 on, by 0.9 each time)
 */
public record GenAttack(
    Ball ball,
    int generations,
    int population,
    double mutation,
    double range,
    double temperature,
    int plateau,
    Surrogate surrogate,
    long queries)
    implements BallAttack, ScoreAttack {
  public GenAttack {
    Ledger.checked(queries);
    if (ball.norm() != Norm.LINF) {
      throw new AttackException("GenAttack is for ℓ∞ balls, not for " + ball);
    }
    if (population < 2) {
      throw new IllegalArgumentException(population + " in a population: at least two");
    }
  }

  /** 1000 generations of 10, ρ = 0.1, α = 0.15, τ = 0.3. */
  public static GenAttack in(Ball ball) {
    Surrogate fitness = Surrogate.crossEntropy();
    return new GenAttack(ball, 1000, 10, 0.1, 0.15, 0.3, 100, fitness, Oracle.UNLIMITED);
  }

  public GenAttack generations(int generations) {
    return new GenAttack(
        ball, generations, population, mutation, range, temperature, plateau, surrogate, queries);
  }

  public GenAttack population(int population) {
    return new GenAttack(
        ball, generations, population, mutation, range, temperature, plateau, surrogate, queries);
  }

  public GenAttack surrogate(Surrogate surrogate) {
    return new GenAttack(
        ball, generations, population, mutation, range, temperature, plateau, surrogate, queries);
  }

  public GenAttack queries(long queries) {
    return new GenAttack(
        ball, generations, population, mutation, range, temperature, plateau, surrogate, queries);
  }

  @Override
  public GenAttack within(double epsilon) {
    Ball other = ball.withEpsilon(epsilon);
    return new GenAttack(
        other, generations, population, mutation, range, temperature, plateau, surrogate, queries);
  }

  @Override
  public Found search(Scores scores, Tensor x, double[] values, Seeds seeds) {
    return new Evolution(this, new Climbers(this, scores, x, values), seeds).found();
  }
}
