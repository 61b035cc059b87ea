package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Grad;
import dev.bagel.tensor.Tensor;

/**
 * ∂y_c/∂x: the pixels that the score depends on the most. Simonyan, Vedaldi and Zisserman 2014,
 * "Deep inside convolutional networks", §3.
 */
public record Saliency() implements PixelGradient {
  @Override
  public Tensor attributions(Question q) {
    return new MeanGradient(new Points.Here(), Grad.Rule.EXACT).of(q);
  }
}
