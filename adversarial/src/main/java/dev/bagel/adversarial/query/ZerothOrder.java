package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.tensor.Tensor;

/**
 * ZOO, the attack of Carlini and Wagner with differences for gradients: minimises ‖δ‖² + c·max(0,
 * −margin) over random coordinates at a time, each with an Adam or a Newton step of its own, and
 * looks for the c that is just large enough. Chen et al. 2017, "ZOO", Algorithms 1 to 3. The margin
 * of the scores is that of their log-probabilities, which the paper writes. δ is kept in the box by
 * clipping. Importance sampling and the attack space of growing dimension are left out: they are
 * for images larger than 32².
 *
 * @param solver what is done with a coordinate's derivatives
 * @param searches how many c are tried
 * @param iterations how many steps for each
 * @param coordinates how many at a time; a step asks twice for each, and once where it is
 * @param rate η of a step: relative to the width of the bounds for Adam, to Newton's own step for
 *     Newton
 * @param c the first c
 * @param h the distance of a difference, relative to the width of the bounds; the paper's 1e-4
 *     drowns in the rounding of scores that are floats
 */
public record ZerothOrder(
    Solver solver,
    int searches,
    int iterations,
    int coordinates,
    double rate,
    double c,
    double h,
    long queries)
    implements MinimalAttack, ScoreAttack {
  /** A coordinate's step. */
  public enum Solver {
    /** Algorithm 2. */
    ADAM,
    /** Algorithm 3; where the second derivative is not positive, it is a gradient step. */
    NEWTON
  }

  public ZerothOrder {
    Ledger.checked(queries);
    if (searches < 1 || iterations < 1 || coordinates < 1) {
      throw new IllegalArgumentException(
          searches
              + " searches of "
              + iterations
              + " iterations with "
              + coordinates
              + " coordinates: at least one each");
    }
  }

  /** Adam with η = 0.01, 9 searches of 3000 iterations from c = 0.01 on, 128 coordinates. */
  public static ZerothOrder l2() {
    return new ZerothOrder(Solver.ADAM, 9, 3000, 128, 0.01, 0.01, 1e-3, Oracle.UNLIMITED);
  }

  public ZerothOrder solver(Solver solver) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  public ZerothOrder searches(int searches) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  public ZerothOrder iterations(int iterations) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  public ZerothOrder coordinates(int coordinates) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  public ZerothOrder rate(double rate) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  /** From another c on. */
  public ZerothOrder c(double c) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  public ZerothOrder queries(long queries) {
    return new ZerothOrder(solver, searches, iterations, coordinates, rate, c, h, queries);
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public Surrogate surrogate() {
    return Surrogate.margin();
  }

  @Override
  public Found search(Scores scores, Tensor x, double[] values, Seeds seeds) {
    return new CoordinateDescent(this, scores, x, seeds).found();
  }
}
