package dev.bagel.adversarial.explain;

import dev.bagel.tensor.Tensor;

/** An explanation that has a number for every element of the input, made of gradients. */
public sealed interface PixelGradient extends Explanation
    permits Saliency, SmoothGrad, IntegratedGradients, GuidedBackpropagation {
  /** What each element of the input says about the class in question: shaped like x. */
  Tensor attributions(Question q);

  /**
   * max_c |·|: the strongest channel of each place, whatever its sign. Simonyan et al. 2014, §3.1.
   */
  @Override
  default Heatmap heatmap(Question q) {
    return Heatmap.strongest(attributions(q));
  }
}
