package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.autodiff.Var;
import java.util.function.UnaryOperator;

/**
 * The mean gradient under random changes t of the input, ∇ E f(t(x)): expectation over
 * transformation, Athalye et al. 2018, "Synthesizing robust adversarial examples", §2.1. With one
 * sample it is the diverse input of Xie et al. 2019.
 *
 * <p>Of a model that is random by itself ({@link dev.bagel.nn.Classifier#random}) every sample is a
 * pass with draws of its own, and {@link Augmentation#none} is enough: Athalye, Carlini and Wagner
 * 2018, "Obfuscated gradients give a false sense of security", §4.2.
 *
 * @param source where the gradient of each sample comes from; should it be random, all samples
 *     share its draws
 * @param augmentation drawn anew for each sample, example and step
 * @param samples how many are averaged
 */
public record Eot(GradientSource source, Augmentation augmentation, int samples)
    implements GradientSource {
  public Eot {
    if (samples < 1) {
      throw new IllegalArgumentException(samples + " samples of a gradient: at least one");
    }
  }

  /** Exact gradients. */
  public static Eot of(Augmentation augmentation, int samples) {
    return new Eot(GradientSource.exact(), augmentation, samples);
  }

  /** One sample's gradient after the other, so that a plan holds the activations of one only. */
  @Override
  public Var at(UnaryOperator<Var> objective, Var x, Var key) {
    Var sum = null;
    for (int s = 0; s < samples; s++) {
      String purpose = "eot " + s;
      Var one = source.at(v -> objective.apply(augmentation.of(v, key, purpose)), x, key);
      sum = sum == null ? one : sum.add(one);
    }
    return sum.mul(1f / samples);
  }

  @Override
  public Cost cost() {
    return source.cost().times(samples);
  }
}
