package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * Descends the distance g(θ) to the boundary along a direction θ, by the signs of its slopes in
 * random directions, each of which one question tells: Cheng et al. 2020, "Sign-OPT", Algorithm 1.
 * ℓ2.
 *
 * @param start where it begins
 * @param steps how many gradients are estimated
 * @param directions Q, the slopes of an estimate
 * @param alpha the first length of a step
 * @param beta how far apart g is compared
 */
public record SignOpt(
    DecisionAttack start, int steps, int directions, double alpha, double beta, long queries)
    implements MinimalAttack, DecisionAttack {
  public SignOpt {
    Ledger.checked(queries);
  }

  /** 1000 steps of 200 slopes, α = 0.2, β = 0.001: the authors' settings. */
  public static SignOpt l2() {
    DecisionAttack start = Degrade.blendedNoise().search(LineSearch.linear(50));
    return new SignOpt(start, 1000, 200, 0.2, 0.001, Oracle.UNLIMITED);
  }

  public SignOpt start(DecisionAttack start) {
    return new SignOpt(start, steps, directions, alpha, beta, queries);
  }

  public SignOpt steps(int steps) {
    return new SignOpt(start, steps, directions, alpha, beta, queries);
  }

  public SignOpt directions(int directions) {
    return new SignOpt(start, steps, directions, alpha, beta, queries);
  }

  public SignOpt queries(long queries) {
    return new SignOpt(start, steps, directions, alpha, beta, queries);
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    return new SignDescent(this, new Hunt(Norm.L2, labels, x), seeds).found();
  }
}
