package dev.bagel.adversarial;

/** An attack that stays within a given distance: success is misclassification inside its ball. */
public interface BallAttack extends Attack {
  Ball ball();

  /** The same attack in a ball of another radius. */
  BallAttack within(double epsilon);

  /** The same attack, repeated on its survivors. */
  @Override
  default BallAttack restarts(int n) {
    return n <= 1 ? this : new Repeated(this, n);
  }

  /** An attack in a ball, again and again. */
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
    public Found on(
        dev.bagel.nn.Classifier f, dev.bagel.tensor.Tensor x, Goal goal, Seeds seeds) {
      return new Restarts(attack, n).on(f, x, goal, seeds);
    }
  }
}
