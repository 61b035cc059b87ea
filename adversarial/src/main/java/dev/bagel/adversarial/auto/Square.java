package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/**
 * The Square attack: random search with square patches that get smaller and smaller, and a query
 * for each. It needs scores and no gradient, so what hides the gradient does not stop it.
 *
 * <p>Andriushchenko et al. 2020, "Square Attack: a query-efficient black-box adversarial attack via
 * random search", Algorithms 1 to 3; in ℓ1, as in "Mind the box" (Croce and Hein 2021), §4. Images
 * are [N, C, H, W]; anything else is taken for one row of pixels.
 *
 * <p>Places and signs are drawn for every example by itself, as in the paper; the code of
 * AutoAttack draws them once for a whole batch, and never puts a patch at the last place.
 *
 * @param ball where to look: ℓ∞, ℓ2 or ℓ1
 * @param queries the most queries for an example
 * @param share the share of the pixels in the first patches, p
 * @param scaled whether the patches shrink in proportion to {@code queries} as they do over 10,000,
 *     as the paper has it; AutoAttack lets them shrink as if there were 10,000
 * @param surrogate what is climbed; null: the margin, and for a targeted goal cross-entropy
 */
public record Square(Ball ball, int queries, double share, boolean scaled, Surrogate surrogate)
    implements BallAttack {
  public Square {
    if (ball.norm() == Norm.L0) {
      throw new AttackException("Square knows l1, l2 and linf");
    }
    if (queries < 1) {
      throw new IllegalArgumentException(queries + " queries: at least one");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("p = " + share + ": a share of the pixels, up to 1");
    }
  }

  /** 5,000 queries, p = 0.8, the schedule of AutoAttack. */
  public static Square in(Ball ball) {
    return new Square(ball, 5000, 0.8, false, null);
  }

  public Square queries(int queries) {
    return new Square(ball, queries, share, scaled, surrogate);
  }

  public Square share(double share) {
    return new Square(ball, queries, share, scaled, surrogate);
  }

  public Square scaled(boolean scaled) {
    return new Square(ball, queries, share, scaled, surrogate);
  }

  public Square surrogate(Surrogate surrogate) {
    return new Square(ball, queries, share, scaled, surrogate);
  }

  @Override
  public Square within(double epsilon) {
    return new Square(ball.withEpsilon(epsilon), queries, share, scaled, surrogate);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return new SquareRun(this, f, x, goal, seeds).found();
  }

  /** What it climbs for a goal. */
  Surrogate climbed(Goal goal) {
    if (surrogate != null) {
      return surrogate;
    }
    return goal instanceof Goal.Targeted ? Surrogate.crossEntropy() : Surrogate.margin();
  }

  /** The share of the pixels in the patch of a query: halved again and again, §3.2. */
  double share(int query) {
    int q = scaled ? (int) (query / (double) queries * 10_000) : query;
    int[] from = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
    double p = share;
    for (int step : from) {
      p = q > step ? p / 2 : p;
    }
    return p;
  }
}
