package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/** An attack that stays within a given distance: success is misclassification inside its ball. */
public interface BallAttack extends Attack {
  Ball ball();

  /** The same attack in a ball of another radius. */
  BallAttack within(double epsilon);

  /** {@inheritDoc} */
  @Override
  default BallAttack restarts(int n) {
    return n <= 1 ? this : new Repeated(this, n);
  }

  /** This attack, then another one in the same ball: see {@link Attack#then(Attack)}. */
  default BallAttack then(BallAttack next) {
    return new Followed(this, next);
  }

  /**
   * This attack, ending on inputs that a file can hold: what it finds is still adversarial when it
   * is saved and read again. Inputs must be on the lattice, too.
   */
  default BallAttack onLattice(Lattice lattice) {
    return onLattice(lattice, Surrogate.margin());
  }

  /** The same, with another surrogate for the last steps from level to level. */
  default BallAttack onLattice(Lattice lattice, Surrogate surrogate) {
    return new Lattice.Settled(this, lattice, surrogate);
  }

  /** {@link Attack.Restarts} in a ball. */
  record Repeated(BallAttack attack, int n) implements BallAttack {
    @Override
    public Ball ball() {
      return attack.ball();
    }

    @Override
    public BallAttack within(double epsilon) {
      return new Repeated(attack.within(epsilon), n);
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      return new Restarts(attack, n).on(f, x, goal, seeds);
    }
  }

  /** {@link Attack.Cascade} in a ball. */
  record Followed(BallAttack first, BallAttack next) implements BallAttack {
    public Followed {
      if (!first.ball().equals(next.ball())) {
        throw new IllegalArgumentException(
            "a cascade in " + first.ball() + " and " + next.ball() + ": one ball is needed");
      }
    }

    @Override
    public Ball ball() {
      return first.ball();
    }

    @Override
    public BallAttack within(double epsilon) {
      return new Followed(first.within(epsilon), next.within(epsilon));
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      return new Cascade(first, next).on(f, x, goal, seeds);
    }
  }
}
