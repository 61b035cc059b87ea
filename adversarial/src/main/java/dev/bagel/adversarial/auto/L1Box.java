package dev.bagel.adversarial.auto;

import dev.bagel.nn.Bounds;

/**
 * The projection onto an ℓ1 ball and the box of valid inputs together. Going to one and then to the
 * other is not that projection, and wastes much of the radius: Croce and Hein 2021, "Mind the box",
 * §2 and Proposition 2.1.
 *
 * <p>The nearest point is x₀ + sign(dᵢ) · min(max(|dᵢ| − λ, 0), roomᵢ), where d is the perturbation
 * and roomᵢ the way to the edge of the box, with the least λ ≥ 0 for which that is in the ball.
 */
final class L1Box {
  private static final int HALVINGS = 50; // λ to the last bit of a float, and some more

  private L1Box() {}

  /** Moves the row x[from … from + d) to the nearest point of the ball around that of x0. */
  static void project(float[] x, float[] x0, int from, int d, double epsilon, Bounds bounds) {
    double high = 0;
    for (int j = from; j < from + d; j++) {
      high = Math.max(high, Math.abs((double) x[j] - x0[j]));
    }
    double lambda = 0;
    if (length(x, x0, from, d, 0, bounds) > epsilon) {
      double low = 0;
      for (int t = 0; t < HALVINGS; t++) {
        lambda = (low + high) / 2;
        boolean outside = length(x, x0, from, d, lambda, bounds) > epsilon;
        low = outside ? lambda : low;
        high = outside ? high : lambda;
      }
      lambda = high; // inside
    }
    for (int j = from; j < from + d; j++) {
      double delta = (double) x[j] - x0[j];
      x[j] = (float) (x0[j] + Math.signum(delta) * shrunk(delta, lambda, x0[j], bounds));
    }
  }

  private static double length(
      float[] x, float[] x0, int from, int d, double lambda, Bounds bounds) {
    double sum = 0;
    for (int j = from; j < from + d; j++) {
      sum += shrunk((double) x[j] - x0[j], lambda, x0[j], bounds);
    }
    return sum;
  }

  private static double shrunk(double delta, double lambda, double x0, Bounds bounds) {
    double room = delta > 0 ? bounds.high() - x0 : x0 - bounds.low();
    return Math.min(Math.max(Math.abs(delta) - lambda, 0), room);
  }
}
