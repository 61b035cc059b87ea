package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Rule;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * The direction in which the model's output bends most, without any label: the first eigenvector of
 * the Hessian of KL(f(x) ‖ f(x + r)) at r = 0, by power iteration, and a step of length ε along it.
 * Miyato et al. 2018, "Virtual adversarial training", Eq. (6) to (11).
 *
 * <p>Both signs of an eigenvector are one; the one with the larger divergence is taken.
 *
 * @param ball an ℓ2 ball
 * @param iterations of the power method; the paper trains with 1
 * @param xi ξ, the length at which the Hessian is measured. Toolkits have 1e-6, where the
 *     difference of two scores is mostly rounding in float; so the default is 1e-2
 */
public record VirtualAdversarial(Ball ball, int iterations, double xi) implements BallAttack {
  public VirtualAdversarial {
    if (ball.norm() != Norm.L2) {
      throw new IllegalArgumentException(
          ball + ": virtual adversarial directions are of ℓ2; in other balls climb the KL by Pgd");
    }
    if (iterations < 1 || !(xi > 0)) {
      throw new IllegalArgumentException(
          iterations + " iterations at ξ = " + xi + ": at least one, and a positive length");
    }
  }

  /** Ten iterations. */
  public static VirtualAdversarial of(double epsilon) {
    return new VirtualAdversarial(Ball.l2(epsilon), 10, 1e-2);
  }

  @Override
  public VirtualAdversarial within(double epsilon) {
    return new VirtualAdversarial(ball.withEpsilon(epsilon), iterations, xi);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (goal instanceof Goal.Targeted) {
      throw new AttackException("virtual adversarial directions know no target: use Pgd");
    }
    int n = seeds.size();
    Goal apart = Goal.custom(Rule.offBy(0), f.scores(x)); // its rule is never asked
    Tensor d = unit(gaussian(x.shape(), seeds));
    for (int k = 0;
        k < iterations && !Limit.isOver(f);
        k++) { // d ← ∇_r D(x, r) at r = ξd, Eq. (10)
      Tensor g = Slope.at(f, Surrogate.kl(), x.add(d.mul((float) xi)), apart).gradient();
      d = unit(orElse(g, d));
    }
    Tensor step = d.mul((float) ball.epsilon());
    Tensor up = ball.nearest(x.add(step), x, f.bounds());
    Tensor down = ball.nearest(x.sub(step), x, f.bounds());
    Tensor best = f.scores(up);
    Tensor gain = Surrogate.kl().of(best, apart);
    Tensor other = f.scores(down);
    Tensor loss = Surrogate.kl().of(other, apart);
    int[] turned = IntStream.range(0, n).filter(i -> loss.get(i) > gain.get(i)).toArray();
    boolean[] success = goal.reached(best.withRows(turned, other.rows(turned)));
    Cost cost = new Cost(iterations, 3).times(n);
    return new Found(up.withRows(turned, down.rows(turned)), success, cost);
  }

  private static Tensor gaussian(Shape shape, Seeds seeds) {
    float[] noise = new float[shape.size()];
    int d = seeds.size() == 0 ? 0 : noise.length / seeds.size();
    for (int i = 0; i < seeds.size(); i++) {
      Rng rng = seeds.example(i).at("virtual");
      for (int j = 0; j < d; j++) {
        noise[i * d + j] = rng.gaussian(j);
      }
    }
    return Tensor.wrap(shape, noise);
  }

  /** Rows of length 1; what is 0 stays 0. */
  private static Tensor unit(Tensor x) {
    Shape rows = Shape.of(x.shape().dim(0), x.size() / Math.max(1, x.shape().dim(0)));
    return Norm.L2.ascent(Var.constant(x.reshape(rows))).value().reshape(x.shape());
  }

  /** The gradient; where it is 0, as where the model is flat, the last direction. */
  private static Tensor orElse(Tensor g, Tensor d) {
    double[] length = Ball.distances(Norm.LINF, g, g.mul(0));
    int[] flat = IntStream.range(0, length.length).filter(i -> length[i] == 0).toArray();
    return g.withRows(flat, d.rows(flat));
  }
}
