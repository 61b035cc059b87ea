package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/**
 * Auto-PGD: projected gradient ascent with momentum, which halves its step size by itself wherever
 * it sees no progress, and then goes on from the best point so far. There is nothing to tune but
 * the number of steps.
 *
 * <pre>{@code
 * z ← Π(x + α · ascent(g))
 * x ← Π(x + ¾(z − x) + ¼(x − x₋₁))
 * }</pre>
 *
 * Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", Algorithm 1; in ℓ1 (no momentum, sparse steps, the exact projection on
 * ball and box together) Croce and Hein 2021, "Mind the box", Algorithm 1.
 *
 * <p>An example that has reached its goal climbs no further. What is returned for it is the first
 * point that reached it; for the others, the point of the largest surrogate.
 *
 * @param ball where to look: ℓ∞, ℓ2 or ℓ1
 * @param steps how many steps
 * @param surrogate what is climbed
 * @param targets 0, or at how many of the other classes to aim, one after the other, the likeliest
 *     first; for an untargeted goal
 * @param rho the share of steps that must go up if the step size is to stay
 * @param gradient where the gradient comes from
 * @param wide whether to climb in the balls of radius 3ε and 2ε first, for 30 % of the steps each:
 *     "Mind the box", §3.3; in ℓ1 only
 */
public record Apgd(
    Ball ball,
    int steps,
    Surrogate surrogate,
    int targets,
    double rho,
    GradientSource gradient,
    boolean wide)
    implements BallAttack {
  public Apgd {
    if (ball.norm() == Norm.L0) {
      throw new AttackException("APGD knows l1, l2 and linf: in l0 take Pgd");
    }
    if (steps < 1 || targets < 0) {
      throw new IllegalArgumentException(steps + " steps, " + targets + " targets: at least 1, 0");
    }
    if (!(rho >= 0 && rho <= 1)) {
      throw new IllegalArgumentException("ρ = " + rho + ": a share of the steps, from 0 to 1");
    }
    if (wide && ball.norm() != Norm.L1) {
      throw new IllegalArgumentException("larger balls first: they are for l1 only");
    }
  }

  /** 100 steps on cross-entropy with ρ = 0.75, in ℓ1 in larger balls first: the authors' own. */
  public static Apgd in(Ball ball) {
    return new Apgd(
        ball,
        100,
        Surrogate.crossEntropy(),
        0,
        0.75,
        GradientSource.exact(),
        ball.norm() == Norm.L1);
  }

  /** The same on the targeted DLR loss, for the 9 likeliest of the other classes (ℓ1: 5). */
  public static Apgd targeted(Ball ball) {
    return in(ball).surrogate(Surrogate.dlr()).targets(ball.norm() == Norm.L1 ? 5 : 9);
  }

  public Apgd steps(int steps) {
    return new Apgd(ball, steps, surrogate, targets, rho, gradient, wide);
  }

  public Apgd surrogate(Surrogate surrogate) {
    return new Apgd(ball, steps, surrogate, targets, rho, gradient, wide);
  }

  public Apgd targets(int targets) {
    return new Apgd(ball, steps, surrogate, targets, rho, gradient, wide);
  }

  public Apgd gradient(GradientSource gradient) {
    return new Apgd(ball, steps, surrogate, targets, rho, gradient, wide);
  }

  public Apgd wide(boolean wide) {
    return new Apgd(ball, steps, surrogate, targets, rho, gradient, wide);
  }

  @Override
  public Apgd within(double epsilon) {
    return new Apgd(ball.withEpsilon(epsilon), steps, surrogate, targets, rho, gradient, wide);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (targets == 0 || goal instanceof Goal.Targeted) {
      return climbed(f, x, goal, goal, seeds);
    }
    Tensor scores = f.scores(x);
    Found found = new Found(x, goal.reached(scores), new Cost(0, seeds.size()));
    for (int t = 1; t <= Math.min(targets, scores.shape().dim(1) - 1); t++) {
      int rank = t;
      found = found.then((g, y, w, s) -> aimed(rank, g, y, w, s), f, x, goal, seeds.at(t));
    }
    return found;
  }

  /** Towards the class of a rank among the others; any error on the way is a success. */
  private Found aimed(int rank, Classifier f, Tensor x, Goal goal, Seeds seeds) {
    int[] rivals = Rivals.of(f.scores(x), rank, goal.labels());
    Found found = climbed(f, x, goal, Goal.targeted(goal.labels(), rivals), seeds);
    return new Found(found.x(), found.success(), found.cost().plus(new Cost(0, seeds.size())));
  }

  private Found climbed(Classifier f, Tensor x, Goal goal, Goal aim, Seeds seeds) {
    ApgdRun run = new ApgdRun(this, f, x, goal, aim, seeds);
    if (wide) {
      int first = (int) Math.ceil(0.3 * steps);
      run.climb(3 * ball.epsilon(), first, false);
      run.climb(2 * ball.epsilon(), first, false);
      run.climb(ball.epsilon(), steps - 2 * first, true);
    } else {
      run.climb(ball.epsilon(), steps, true);
    }
    return run.found();
  }
}
