package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Norm;
import dev.bagel.nn.Bounds;
import java.util.Arrays;

/**
 * The nearest point of a hyperplane {z: ⟨w, z⟩ = b} in the box of valid inputs, in ℓ∞, ℓ2 and ℓ1;
 * where they do not meet, the corner of the box on its side. Croce and Hein 2020, "Minimally
 * distorted adversarial examples with a fast adaptive boundary attack", §2.2 and Appendix A.
 *
 * <p>Element i goes against the sign of (⟨w, t⟩ − b) wᵢ, by no more than its room to the edge. How
 * far is min(λ, roomᵢ) in ℓ∞ and min(λ|wᵢ|, roomᵢ) in ℓ2. What that changes, φ(λ) = Σ |wᵢ| · stepᵢ,
 * is concave and made of straight pieces, so Newton's method from λ = 0 meets |⟨w, t⟩ − b| exactly,
 * in a handful of iterations and without sorting. In ℓ1 the elements of the largest |wᵢ| take all
 * of their room, one after the other.
 */
final class Hyperplane {
  private final Norm norm;
  private final Bounds bounds;
  private final int d;
  private final double[] room;
  private final double[] weight;
  private final double[] step;
  private final long[] order;

  Hyperplane(Norm norm, Bounds bounds, int d) {
    this.norm = norm;
    this.bounds = bounds;
    this.d = d;
    room = new double[d];
    weight = new double[d];
    step = new double[d];
    order = new long[norm == Norm.L1 ? d : 0];
  }

  /**
   * Writes the way from a point t to the hyperplane.
   *
   * @param t the row of the point begins at {@code at}
   * @param w that of the normal begins at {@code atW}
   * @param excess ⟨w, t⟩ − b
   * @param way d numbers
   * @return the length of the way
   */
  double way(float[] t, int at, float[] w, int atW, double excess, float... way) {
    double side = excess >= 0 ? -1 : 1;
    for (int j = 0; j < d; j++) {
      double up = side * w[atW + j];
      weight[j] = Math.abs(up);
      room[j] = up == 0 ? 0 : up > 0 ? bounds.high() - t[at + j] : t[at + j] - bounds.low();
    }
    switch (norm) {
      case LINF, L2 -> evenly(Math.abs(excess));
      case L1 -> greedily(Math.abs(excess));
      default -> throw new AttackException("hyperplanes in " + norm.label());
    }
    for (int j = 0; j < d; j++) {
      way[j] = (float) (side * Math.signum(w[atW + j]) * step[j]);
    }
    return norm.length(way);
  }

  private void evenly(double change) {
    double lambda = 0;
    while (true) {
      double phi = 0;
      double slope = 0;
      for (int j = 0; j < d; j++) {
        double speed = norm == Norm.LINF ? 1 : weight[j];
        boolean free = lambda * speed < room[j];
        step[j] = free ? lambda * speed : room[j];
        phi += weight[j] * step[j];
        slope += free ? weight[j] * speed : 0;
      }
      double next = slope > 0 ? lambda + (change - phi) / slope : lambda;
      if (!(next > lambda * (1 + 1e-12))) { // there, or everything is at its edge
        return;
      }
      lambda = next;
    }
  }

  private void greedily(double change) {
    for (int j = 0; j < d; j++) { // the bits of positive floats are in their order
      order[j] = (long) Float.floatToIntBits((float) weight[j]) << 32 | j;
    }
    Arrays.sort(order);
    Arrays.fill(step, 0);
    double left = change;
    for (int k = d - 1; k >= 0 && left > 0; k--) {
      int j = (int) order[k];
      if (weight[j] > 0) {
        step[j] = Math.min(room[j], left / weight[j]);
        left -= weight[j] * step[j];
      }
    }
  }
}
