package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Adds a direction of an orthonormal basis or its opposite, whichever brings the goal nearer, one
 * direction after the other in random order: Guo et al. 2019, "Simple black-box adversarial
 * attacks", Algorithm 1. What leaves the ball, which the paper does not have, is projected.
 *
 * @param basis the directions
 * @param step the length of a step, relative to the width of the model's bounds
 * @param surrogate what is climbed; the odds order points as the paper's p_y does
 */
public record SimBa(Ball ball, Basis basis, double step, Surrogate surrogate, long queries)
    implements BallAttack, ScoreAttack {
  public SimBa {
    Ledger.checked(queries);
    if (ball.norm() != Norm.L2 && ball.norm() != Norm.LINF) {
      throw new AttackException("SimBA is for ℓ2 and ℓ∞ balls, not for " + ball);
    }
    if (!(step > 0)) {
      throw new IllegalArgumentException("step " + step + ": it must be positive");
    }
  }

  /** Pixels, steps of 0.2, up to 10,000 queries. */
  public static SimBa in(Ball ball) {
    return new SimBa(ball, Basis.pixels(), 0.2, Surrogate.crossEntropy(), 10_000);
  }

  public SimBa basis(Basis basis) {
    return new SimBa(ball, basis, step, surrogate, queries);
  }

  public SimBa step(double step) {
    return new SimBa(ball, basis, step, surrogate, queries);
  }

  public SimBa surrogate(Surrogate surrogate) {
    return new SimBa(ball, basis, step, surrogate, queries);
  }

  public SimBa queries(long queries) {
    return new SimBa(ball, basis, step, surrogate, queries);
  }

  @Override
  public SimBa within(double epsilon) {
    return new SimBa(ball.withEpsilon(epsilon), basis, step, surrogate, queries);
  }

  @Override
  public Found search(Scores scores, Tensor x, double[] values, Seeds seeds) {
    Climbers climbers = new Climbers(this, scores, x, values);
    double alpha = step * Ball.reach(climbers.bounds());
    Basis.Directions directions = basis.of(x.shape());
    int[][] orders = new int[climbers.n][];
    for (int t = 0; climbers.isClimbing(); t++) {
      int turn = t % directions.size();
      if (turn == 0) { // once more through all of them, in another order
        long round = t / directions.size();
        Arrays.setAll(orders, i -> seeds.example(i).at(round).permutation(directions.size()));
      }
      int[] who = climbers.climbing();
      int[] rest =
          climbers.step(who, i -> moved(climbers.x(i), directions, orders[i][turn], alpha));
      climbers.step(rest, i -> moved(climbers.x(i), directions, orders[i][turn], -alpha));
    }
    return climbers.result();
  }

  private static float[] moved(float[] x, Basis.Directions directions, int k, double by) {
    float[] p = x.clone();
    directions.add(k, by, p);
    return p;
  }
}
