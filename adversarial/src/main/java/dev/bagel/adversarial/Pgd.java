package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.nn.Optimizer;
import dev.bagel.tensor.Tensor;

/**
 * Projected gradient descent, and everything that is it with other parts: FGSM is one step from the
 * input, BIM has no random start, MI-FGSM has another step rule, noise has no steps.
 *
 * <pre>{@code x ← Π(x + α · ascent(∇ surrogate(f(x))))}</pre>
 *
 * Madry et al. 2018, §2.1. The random start is uniform in the ball.
 *
 * @param ball where to look
 * @param steps how many steps
 * @param stepSize how far each goes
 * @param rule which way it goes
 * @param surrogate what is climbed
 * @param gradient where the gradient comes from
 * @param start where to begin
 * @param untilSuccess whether an example is left alone as soon as its goal is reached, instead of
 *     climbing on; quicker, and never weaker
 */
public record Pgd(
    Ball ball,
    int steps,
    StepSize stepSize,
    StepRule rule,
    Surrogate surrogate,
    GradientSource gradient,
    Start start,
    boolean untilSuccess)
    implements BallAttack {
  public Pgd {
    if (steps < 0) {
      throw new IllegalArgumentException(steps + " steps: a number from 0 on");
    }
  }

  /**
   * 40 steps of ε/30 from a random start on cross-entropy: Madry's setting for MNIST. Another
   * number of steps goes as far in all, 4/3 ε, unless a step size is given. In ℓ0 steps are of one
   * radius, ε times the width of the box: shorter ones could not leave the elements that the start
   * has chosen.
   */
  public static Pgd in(Ball ball) {
    return new Pgd(
        ball,
        40,
        ball.norm() == Norm.L0 ? new StepSize.Relative(1) : new StepSize.Reach(4 / 3.0),
        StepRule.steepest(),
        Surrogate.crossEntropy(),
        GradientSource.exact(),
        Start.RANDOM,
        false);
  }

  /** One step of length ε from the input: Goodfellow et al. 2015, §4 (in ℓ2 also called FGM). */
  public static Pgd fgsm(Ball ball) {
    return in(ball).start(Start.INPUT).steps(1).stepSize(new StepSize.Relative(1));
  }

  /**
   * Ten steps of ε/5 from the input: Kurakin et al. 2017, §2.2, with the steps of Foolbox (the
   * paper takes one grey value in 255 at a time).
   */
  public static Pgd bim(Ball ball) {
    return in(ball).start(Start.INPUT).steps(10).stepSize(new StepSize.Relative(0.2));
  }

  /** BIM with momentum 1: Dong et al. 2018, Algorithm 1. */
  public static Pgd mifgsm(Ball ball) {
    return bim(ball).stepSize(new StepSize.Relative(0.1)).rule(StepRule.momentum(1));
  }

  /**
   * Fifty steps of ε/40 by Adam from a random start, with the settings of Foolbox. Adam moves every
   * element by about the step size: right in ℓ∞, but in ℓ2 and ℓ1 a dense direction that is far
   * from steep; plain PGD is stronger there.
   */
  public static Pgd adam(Ball ball) {
    return in(ball)
        .steps(50)
        .stepSize(new StepSize.Relative(1 / 40.0))
        .rule(StepRule.by(Optimizer.adam(1)));
  }

  /**
   * Ten steps of ε/5 in ℓ1, each along the signs of the largest hundredth of the gradient: sparse
   * ℓ1 descent, Tramèr and Boneh 2019, Algorithm 1, with the steps of Foolbox.
   */
  public static Pgd sparseL1(double epsilon) {
    return bim(Ball.l1(epsilon)).rule(StepRule.sparse(0.99));
  }

  /** A random point of the ball: the control that every attack must beat. */
  public static Pgd noise(Ball ball) {
    return in(ball).steps(0);
  }

  public Pgd steps(int steps) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  public Pgd stepSize(StepSize stepSize) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  /** Steps of so many input units. */
  public Pgd stepSize(double alpha) {
    return stepSize(new StepSize.Absolute(alpha));
  }

  public Pgd rule(StepRule rule) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  public Pgd surrogate(Surrogate surrogate) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  public Pgd gradient(GradientSource gradient) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  public Pgd start(Start start) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  public Pgd untilSuccess(boolean untilSuccess) {
    return new Pgd(ball, steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  /**
   * Whether nothing is looked at between two steps, and no numbers are drawn: then all of them are
   * one run of a plan, which on a device is one launch.
   */
  public boolean isOneRun() {
    return !untilSuccess && gradient instanceof GradientSource.Exact;
  }

  @Override
  public Pgd within(double epsilon) {
    return new Pgd(
        ball.withEpsilon(epsilon), steps, stepSize, rule, surrogate, gradient, start, untilSuccess);
  }

  @Override
  public Found on(Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    return climbed(f, x0, goal, seeds).found();
  }

  /** The perturbed batch alone, without a last look at what the model says of it. */
  public Tensor perturb(Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    return climbed(f, x0, goal, seeds).x();
  }

  private Climb climbed(Classifier f, Tensor x0, Goal goal, Seeds seeds) {
    Climb climb = new Climb(this, f, x0, goal, seeds);
    while (climb.isUnfinished()) {
      climb.segment();
    }
    return climb;
  }
}
