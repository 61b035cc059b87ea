package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * What a model is told to make small, one number for each example: [N, K] → [N]. They are averaged
 * by {@link Var#mean}, or by {@link #weightedMean} where examples have weights.
 */
public final class Loss {
  private Loss() {}

  /** −log softmax(z)[y], with labels [N]. */
  public static Var crossEntropy(Var logits, Var labels) {
    return logits.logSoftmax().pick(labels).neg();
  }

  public static Var crossEntropy(Var logits, int... labels) {
    return crossEntropy(logits, Var.constant(Tensor.ofInts(labels)));
  }

  /**
   * Cross-entropy with (1 − s) of the mass on the label and s spread over all classes: Szegedy et
   * al. 2016, §7.
   */
  public static Var crossEntropy(Var logits, Var labels, float smoothing) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("label smoothing " + smoothing + ": from 0 to below 1");
    }
    if (smoothing == 0) {
      return crossEntropy(logits, labels);
    }
    Var logP = logits.logSoftmax();
    Var all = logP.meanAxes(-1).reshape(Shape.of(logits.shape().dim(0)));
    return logP.pick(labels).mul(1 - smoothing).add(all.mul(smoothing)).neg();
  }

  /** Σ wᵢℓᵢ / Σ wᵢ: the mean of losses [N] with a weight for each example, [N]. */
  public static Var weightedMean(Var losses, Var weights) {
    return losses.mul(weights).sum().div(weights.sum());
  }

  /**
   * max_{j≠y} z_j − z_y: positive where misclassified. Carlini and Wagner 2017, f₆ without its cut.
   */
  public static Var margin(Var logits, Var labels) {
    int k = logits.shape().dim(1);
    Var others = labels.oneHot(k).where(Float.NEGATIVE_INFINITY, logits);
    Var best = others.maxAxes(-1).reshape(labels.shape());
    return best.sub(logits.pick(labels));
  }

  /** max(0, 1 + max_{j≠y} z_j − z_y): Crammer and Singer 2001. */
  public static Var hinge(Var logits, Var labels) {
    return margin(logits, labels).add(1).relu();
  }

  /** KL(p ‖ q) = Σₖ pₖ (log pₖ − log qₖ) of the softmaxes; gradients flow into both. */
  public static Var kl(Var logitsP, Var logitsQ) {
    Var logP = logitsP.logSoftmax();
    return logP.exp().mul(logP.sub(logitsQ.logSoftmax())).sumEach();
  }

  /** The mean squared difference of the elements of each example: [N, …]² → [N]. */
  public static Var meanSquared(Var x, Var target) {
    return x.sub(target).square().sumEach().mul((float) x.shape().dim(0) / x.size());
  }
}
