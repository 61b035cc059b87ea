package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Grad;
import dev.bagel.tensor.Tensor;

/**
 * (x − x′) ∫₀¹ ∂y_c/∂x (x′ + α (x − x′)) dα: how much each element brought about of the difference
 * between the score of x and that of a baseline x′. Sundararajan, Taly and Yan 2017, "Axiomatic
 * attribution for deep networks", Eq. (1).
 *
 * <p>The integral is a sum over the middles of equal steps. The paper's Eq. (3) takes their ends;
 * middles cost the same and are exact for a score of second degree.
 *
 * @param steps how many points of the line; {@link #residuals} says whether they were enough
 * @param baseline every element of x′, in input units; 0 is black where inputs begin at 0
 */
public record IntegratedGradients(int steps, double baseline) implements PixelGradient {
  public IntegratedGradients {
    if (steps < 1 || !Double.isFinite(baseline)) {
      throw new IllegalArgumentException(
          steps + " steps from a baseline of " + baseline + ": at least one, and a number");
    }
  }

  @Override
  public Tensor attributions(Question q) {
    Tensor mean = new MeanGradient(new Points.Line(steps, baseline), Grad.Rule.EXACT).of(q);
    return mean.mul(q.x().add((float) -baseline));
  }

  /** Summed over the channels, with its sign: so the whole map sums to the difference of scores. */
  @Override
  public Heatmap heatmap(Question q) {
    return Heatmap.total(attributions(q));
  }

  /**
   * What is missing from completeness (Proposition 1), for each input: Σ of its map − (y_c(x) −
   * y_c(x′)), in units of the score. It vanishes as the steps grow.
   *
   * @param map what {@link #heatmap} answered to {@code q}
   */
  public double[] residuals(Question q, Heatmap map) {
    float[] there = q.scores();
    Tensor start = Tensor.full(q.x().shape(), (float) baseline);
    float[] here = new Question(q.model(), start, q.classes(), q.seeds(), q.progress()).scores();
    double[] missing = new double[there.length];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = map.sum(i) - ((double) there[i] - here[i]);
    }
    return missing;
  }
}
