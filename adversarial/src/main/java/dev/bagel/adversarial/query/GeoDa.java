package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Tensor;

/**
 * Takes the boundary for a plane: estimates its normal at a boundary point, and goes from the input
 * along the normal (ℓ2) or its signs (ℓ∞) to the boundary again. Rahmati et al. 2020, "GeoDA",
 * Algorithm 1. Noise is drawn in the whole space, not in that of low frequencies, which the paper
 * also offers for large images.
 *
 * @param norm ℓ2 or ℓ∞
 * @param start where it begins
 * @param iterations T; iteration t gets a share ∝ λ^(−2t/3) of the queries (Theorem 2)
 * @param lambda λ, the ratio of one iteration's error to the last one's
 * @param sigma how far from the boundary point is asked, relative to its distance from the input
 * @param queries the budget, which is also divided among the iterations
 */
public record GeoDa(
    Norm norm, DecisionAttack start, int iterations, double lambda, double sigma, long queries)
    implements MinimalAttack, DecisionAttack {
  public GeoDa {
    Ledger.checked(queries);
    if (norm != Norm.L2 && norm != Norm.LINF) {
      throw new AttackException("GeoDA is for ℓ2 and ℓ∞, not for " + norm.label());
    }
    if (iterations < 1 || !(lambda > 0 && lambda <= 1) || !(sigma > 0)) {
      throw new IllegalArgumentException(
          iterations
              + " iterations, λ = "
              + lambda
              + ", σ = "
              + sigma
              + ": at least one, in (0, 1], above 0");
    }
  }

  /** 4000 queries in 8 iterations, λ = 0.6. */
  public static GeoDa in(Norm norm) {
    DecisionAttack start = Degrade.blendedNoise().search(LineSearch.linear(50));
    return new GeoDa(norm, start, 8, 0.6, 0.01, 4000);
  }

  public GeoDa start(DecisionAttack start) {
    return new GeoDa(norm, start, iterations, lambda, sigma, queries);
  }

  public GeoDa iterations(int iterations) {
    return new GeoDa(norm, start, iterations, lambda, sigma, queries);
  }

  public GeoDa queries(long queries) {
    return new GeoDa(norm, start, iterations, lambda, sigma, queries);
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    return new Planes(this, new Hunt(norm, labels, x), seeds).found();
  }
}
