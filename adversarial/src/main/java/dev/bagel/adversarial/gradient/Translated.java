package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A gradient smoothed by a Gaussian kernel, W ∗ ∇f(x): nearly the mean gradient over all shifts of
 * the image, weighted by W. Dong et al. 2019, "Evading defenses to transferable adversarial
 * examples by translation-invariant attacks", Eq. (7) and §3.3.
 *
 * @param length of the kernel in pixels, an odd number; its ends are three standard deviations from
 *     its middle. The paper has 15 for images of 299 pixels
 */
public record Translated(GradientSource source, int length) implements GradientSource {
  private static final double DEVIATIONS = 3;

  public Translated {
    if (length < 1 || length % 2 == 0) {
      throw new IllegalArgumentException("a kernel of " + length + " pixels: an odd number");
    }
  }

  /** The kernel is separable, so it is two products with banded matrices, A g Bᵀ. */
  @Override
  public Var at(UnaryOperator<Var> objective, Var x, Var key) {
    if (x.shape().rank() != 4) {
      throw new AttackException(
          "inputs " + x.shape() + " are no images [N, C, H, W]: their gradient has no neighbours");
    }
    Var g = source.at(objective, x, key);
    Var a = Var.constant(band(x.shape().dim(2)));
    Var b = Var.constant(band(x.shape().dim(3)));
    return a.matmul(g.matmul(b, false, true));
  }

  /** Row i holds the kernel around i, [n, n]; beyond the border there is 0. */
  private Tensor band(int n) {
    int middle = length / 2;
    double[] w = new double[length];
    double sum = 0;
    for (int k = 0; k < length; k++) {
      double at = middle == 0 ? 0 : DEVIATIONS * (k - middle) / middle;
      w[k] = Math.exp(-at * at / 2);
      sum += w[k];
    }
    float[] band = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int k = Math.max(0, middle - i); k < Math.min(length, n + middle - i); k++) {
        band[i * n + i + k - middle] = (float) (w[k] / sum);
      }
    }
    return Tensor.wrap(Shape.of(n, n), band);
  }

  @Override
  public Cost cost() {
    return source.cost();
  }
}
