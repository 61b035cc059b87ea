package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Grad;
import dev.bagel.tensor.Tensor;

/**
 * The mean of ∂y_c/∂x over x + N(0, σ²): what a single gradient has of sharp ups and downs cancels.
 * Smilkov et al. 2017, "SmoothGrad: removing noise by adding noise", §3.
 *
 * @param samples how many points; the paper sees little gain beyond 50
 * @param sigma of the noise in input units; the paper takes 0.1 to 0.2 of the range of x
 */
public record SmoothGrad(int samples, double sigma) implements PixelGradient {
  public SmoothGrad {
    if (samples < 1 || !(sigma >= 0) || Double.isInfinite(sigma)) {
      throw new IllegalArgumentException(
          samples + " samples with σ = " + sigma + ": at least one, and σ from 0 on");
    }
  }

  @Override
  public Tensor attributions(Question q) {
    return new MeanGradient(new Points.Around(samples, sigma), Grad.Rule.EXACT).of(q);
  }
}
