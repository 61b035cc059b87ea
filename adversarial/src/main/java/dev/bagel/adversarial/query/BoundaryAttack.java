package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * A random walk along the boundary, each step a little around the input and a little towards it:
 * Brendel, Rauber and Bethge 2018, "Decision-based adversarial attacks", Algorithm 1. ℓ2.
 *
 * @param start where it begins
 * @param steps how many points are tried
 * @param sphericalStep the first length of a step around the input, relative to the distance
 * @param sourceStep the first length of a step towards it, relative to the distance
 * @param convergence an example whose step towards the input becomes shorter than this is done
 * @param adaptation what step lengths are multiplied with or divided by
 * @param statsEvery every how many steps it is also asked whether the step around the input alone
 *     reaches the goal, which the lengths are adapted to
 */
public record BoundaryAttack(
    DecisionAttack start,
    int steps,
    double sphericalStep,
    double sourceStep,
    double convergence,
    double adaptation,
    int statsEvery,
    long queries)
    implements MinimalAttack, DecisionAttack {
  public BoundaryAttack {
    Ledger.checked(queries);
    if (!(adaptation > 1) || statsEvery < 1) {
      throw new IllegalArgumentException(
          "adaptation " + adaptation + " every " + statsEvery + " steps: above 1, and at least 1");
    }
  }

  /** 25,000 steps, lengths of 0.01 at first, from blended noise in 50 steps. */
  public static BoundaryAttack l2() {
    DecisionAttack start = Degrade.blendedNoise().search(LineSearch.linear(50));
    return new BoundaryAttack(start, 25_000, 0.01, 0.01, 1e-7, 1.5, 10, Oracle.UNLIMITED);
  }

  public BoundaryAttack start(DecisionAttack start) {
    return new BoundaryAttack(
        start, steps, sphericalStep, sourceStep, convergence, adaptation, statsEvery, queries);
  }

  public BoundaryAttack steps(int steps) {
    return new BoundaryAttack(
        start, steps, sphericalStep, sourceStep, convergence, adaptation, statsEvery, queries);
  }

  public BoundaryAttack statsEvery(int statsEvery) {
    return new BoundaryAttack(
        start, steps, sphericalStep, sourceStep, convergence, adaptation, statsEvery, queries);
  }

  public BoundaryAttack queries(long queries) {
    return new BoundaryAttack(
        start, steps, sphericalStep, sourceStep, convergence, adaptation, statsEvery, queries);
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    return new BoundaryWalk(this, new Hunt(Norm.L2, labels, x), seeds).found();
  }
}
