package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;

/**
 * One perturbation for all inputs: Moosavi-Dezfooli et al. 2017, "Universal adversarial
 * perturbations". As an attack it adds itself and clips, which leads no farther away.
 *
 * @param delta shaped like one input
 * @param ball where it lies
 */
public record UniversalPerturbation(Tensor delta, Ball ball) implements BallAttack {
  private static final double TOLERANCE = 1e-5; // of the radius

  public UniversalPerturbation {
    double length = ball.norm().length(delta.array());
    if (!(length <= ball.epsilon() * (1 + TOLERANCE))) {
      throw new IllegalArgumentException(
          "a perturbation of length " + length + " in " + ball + ": project it first");
    }
  }

  /** The inputs with the perturbation, clipped: [N, …] → [N, …]. */
  public Tensor apply(Tensor x, Bounds bounds) {
    if (!x.shape().sub(1, x.shape().rank()).equals(delta.shape())) {
      throw new ShapeException("a perturbation %s of inputs %s", delta.shape(), x.shape());
    }
    return bounds.clip(x.add(delta));
  }

  /** The nearest perturbation in a ball of another radius. */
  @Override
  public UniversalPerturbation within(double epsilon) {
    Ball other = ball.withEpsilon(epsilon);
    return new UniversalPerturbation(projected(delta, other), other);
  }

  /** Π: the nearest point of a ball around 0. */
  static Tensor projected(Tensor delta, Ball ball) {
    Var row = Var.constant(delta.reshape(1, delta.size()));
    Var radius = Var.constant(Tensor.full(Shape.of(1, 1), (float) ball.epsilon()));
    return ball.norm().project(row, radius).value().reshape(delta.shape());
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Tensor moved = apply(x, f.bounds());
    return new Found(moved, goal.reached(f.scores(moved)), new Cost(0, x.shape().dim(0)));
  }

  @Override
  public String toString() {
    return "UniversalPerturbation " + delta.shape() + " in " + ball;
  }
}
