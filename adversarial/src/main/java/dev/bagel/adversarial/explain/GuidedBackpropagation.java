package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.UnaryOp;
import dev.bagel.tensor.Tensor;

/**
 * ∂y_c/∂x with another rule for relu, which lets through only what is positive on the way there and
 * on the way back: x̄ = ȳ · [y > 0] · [ȳ > 0]. Springenberg et al. 2015, "Striving for simplicity",
 * §3.4. A net without relu gets its gradient.
 *
 * <p>It draws beautiful edges, and would draw them for a net with random weights as well: see
 * {@link ParameterRandomisation}.
 */
public record GuidedBackpropagation() implements PixelGradient {
  private static final Grad.Rule GUIDED =
      (y, i, g) -> y.op() == UnaryOp.RELU ? g.relu().mul(y.step()) : Grad.Rule.EXACT.vjp(y, i, g);

  @Override
  public Tensor attributions(Question q) {
    return new MeanGradient(new Points.Here(), GUIDED).of(q);
  }
}
