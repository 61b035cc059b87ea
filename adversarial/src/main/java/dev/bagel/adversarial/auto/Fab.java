package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/**
 * The fast adaptive boundary attack: goes to the linearised decision boundary, a little beyond, and
 * always a little towards the input, so that it slides along the boundary to the near end of it.
 *
 * <pre>{@code
 * x ← (1 − α)(x + η·way(x)) + α(x₀ + η·way(x₀))      way: to {z: ⟨w, z⟩ = b} in the box
 * x ← x₀ + β(x − x₀)                                  wherever that is misclassified
 * }</pre>
 *
 * Croce and Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary
 * attack", Algorithm 1. As in AutoAttack it aims at one class after the other, the likeliest first
 * (FAB-T), and each class costs one gradient for a step.
 *
 * @param norm what is near: ℓ∞, ℓ2 or ℓ1
 * @param steps how many steps towards each class
 * @param targets at how many of the other classes to aim; 0: in every step at the one whose
 *     linearised boundary is nearest, which costs a gradient for each class
 * @param restarts how many runs: the first begins at the input, others in the ball of half the
 *     distance that is known
 * @param alphaMax the most weight that the input may have, α_max
 * @param eta how far beyond the boundary, η
 * @param beta how far back from a find, β
 */
public record Fab(
    Norm norm, int steps, int targets, int restarts, double alphaMax, double eta, double beta)
    implements MinimalAttack {
  public Fab {
    if (norm == Norm.L0) {
      throw new AttackException("FAB knows l1, l2 and linf");
    }
    if (steps < 1 || targets < 0 || restarts < 1) {
      throw new IllegalArgumentException(
          "%d steps, %d targets, %d restarts: at least 1, 0 and 1"
              .formatted(steps, targets, restarts));
    }
    if (!(alphaMax >= 0 && alphaMax <= 1 && eta >= 1 && beta > 0 && beta < 1)) {
      throw new IllegalArgumentException(
          "α_max = %s, η = %s, β = %s: 0 … 1, at least 1, between 0 and 1"
              .formatted(alphaMax, eta, beta));
    }
  }

  /** FAB-T: 9 targets, 100 steps, α_max = 0.1, η = 1.05, β = 0.9. */
  public static Fab in(Norm norm) {
    return new Fab(norm, 100, 9, 1, 0.1, 1.05, 0.9);
  }

  /** FAB: at the nearest boundary, whichever it is. */
  public static Fab untargeted(Norm norm) {
    return in(norm).targets(0);
  }

  public Fab steps(int steps) {
    return new Fab(norm, steps, targets, restarts, alphaMax, eta, beta);
  }

  public Fab targets(int targets) {
    return new Fab(norm, steps, targets, restarts, alphaMax, eta, beta);
  }

  /** So many runs from different points; the nearest find is kept. */
  @Override
  public Fab restarts(int restarts) {
    return new Fab(norm, steps, targets, restarts, alphaMax, eta, beta);
  }

  /** This attack in a ball: it leaves an example alone as soon as a find is inside. */
  @Override
  public BallAttack within(double epsilon) {
    return new Near(this, new Ball(norm, epsilon));
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    FabRun run = new FabRun(this, f, x, goal, seeds, 0);
    run.toTargets();
    run.search();
    return run.found();
  }

  /** {@link Fab} for finds within a radius, where nearer ones are not worth the time. */
  public record Near(Fab fab, Ball ball) implements BallAttack {
    public Near {
      if (ball.norm() != fab.norm()) {
        throw new IllegalArgumentException(fab + " in " + ball + ": its norm is another one");
      }
    }

    @Override
    public BallAttack within(double epsilon) {
      return new Near(fab, ball.withEpsilon(epsilon));
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      FabRun run = new FabRun(fab, f, x, goal, seeds, ball.epsilon());
      run.toTargets();
      return run.found().within(ball, x);
    }
  }
}
