package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * Walks along the boundary by estimates of its normal from decisions alone: Chen, Jordan and
 * Wainwright 2020, "HopSkipJumpAttack", Algorithm 2.
 *
 * @param norm ℓ2 or ℓ∞
 * @param start where it begins
 * @param steps T, the number of estimates
 * @param firstEvaluations B₀: estimate t asks B₀√t times
 * @param mostEvaluations and at most so many times
 * @param gamma γ: the boundary is found to γ/d^1.5 of the distance (ℓ2) or γ/d² of it (ℓ∞)
 */
public record HopSkipJump(
    Norm norm,
    DecisionAttack start,
    int steps,
    int firstEvaluations,
    int mostEvaluations,
    double gamma,
    long queries)
    implements MinimalAttack, DecisionAttack {
  public HopSkipJump {
    Ledger.checked(queries);
    if (norm != Norm.L2 && norm != Norm.LINF) {
      throw new AttackException("HopSkipJump is for ℓ2 and ℓ∞, not for " + norm.label());
    }
  }

  /** 64 steps, 100 to 10,000 questions an estimate, from blended noise in 50 steps. */
  public static HopSkipJump in(Norm norm) {
    DecisionAttack start = Degrade.blendedNoise().search(LineSearch.linear(50));
    return new HopSkipJump(norm, start, 64, 100, 10_000, 1, Oracle.UNLIMITED);
  }

  public HopSkipJump start(DecisionAttack start) {
    return new HopSkipJump(norm, start, steps, firstEvaluations, mostEvaluations, gamma, queries);
  }

  public HopSkipJump steps(int steps) {
    return new HopSkipJump(norm, start, steps, firstEvaluations, mostEvaluations, gamma, queries);
  }

  public HopSkipJump evaluations(int first, int most) {
    return new HopSkipJump(norm, start, steps, first, most, gamma, queries);
  }

  public HopSkipJump queries(long queries) {
    return new HopSkipJump(norm, start, steps, firstEvaluations, mostEvaluations, gamma, queries);
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    return new Hops(this, new Hunt(norm, labels, x), seeds).found();
  }
}
