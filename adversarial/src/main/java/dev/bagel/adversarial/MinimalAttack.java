package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/**
 * An attack that looks for the nearest input which reaches its goal, as far away as that may be.
 * Where it finds none, what it returns is the input itself.
 */
public interface MinimalAttack extends Attack {
  /** What is near. */
  Norm norm();

  /**
   * This attack as one that stays within a distance: it succeeds where what it finds is that near.
   */
  default BallAttack within(double epsilon) {
    return new Within(this, new Ball(norm(), epsilon));
  }

  /** This attack, ending on inputs that a file can hold: see {@link BallAttack#onLattice}. */
  default MinimalAttack onLattice(Lattice lattice) {
    return new Lattice.Nearby(this, lattice, Surrogate.margin());
  }

  /** This attack {@code n} times with other seeds; of what they find, the nearest. */
  @Override
  default MinimalAttack restarts(int n) {
    return n <= 1 ? this : new Repeated(this, n);
  }

  /** This attack and another one on all examples; of what they find, the nearest. */
  default MinimalAttack then(MinimalAttack next) {
    return new Nearer(this, next);
  }

  /** {@link #restarts}. */
  record Repeated(MinimalAttack attack, int n) implements MinimalAttack {
    @Override
    public Norm norm() {
      return attack.norm();
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Found best = attack.on(f, x, goal, seeds);
      for (int i = 1; i < n; i++) {
        best = best.nearer(attack, norm(), f, x, goal, seeds.at(i));
      }
      return best;
    }
  }

  /** {@link #then(MinimalAttack)}. */
  record Nearer(MinimalAttack first, MinimalAttack next) implements MinimalAttack {
    public Nearer {
      if (first.norm() != next.norm()) {
        throw new IllegalArgumentException(
            "what is nearer in " + first.norm() + " or " + next.norm() + "? One norm is needed");
      }
    }

    @Override
    public Norm norm() {
      return first.norm();
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      return first.on(f, x, goal, seeds).nearer(next, norm(), f, x, goal, seeds);
    }
  }

  /** A minimal attack whose finds count if they are in a ball; those outside are not returned. */
  record Within(MinimalAttack attack, Ball ball) implements BallAttack {
    public Within {
      if (ball.norm() != attack.norm()) {
        throw new IllegalArgumentException(attack + " in " + ball + ": its norm is another one");
      }
    }

    @Override
    public BallAttack within(double epsilon) {
      return new Within(attack, ball.withEpsilon(epsilon));
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Found found = attack.on(f, x, goal, seeds);
      return found.within(ball, x);
    }
  }
}
