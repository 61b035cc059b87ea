package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.autodiff.Var;
import java.util.function.UnaryOperator;

/**
 * The mean gradient over copies of the input that are fainter and fainter, 1/m Σ ∇ f(x/2ⁱ) for i
 * from 0 to m − 1: Lin et al. 2020, Eq. (8). It holds that a network sees the same in them; they
 * are scaled towards 0, which should be black.
 *
 * @param copies m
 */
public record Scaled(GradientSource source, int copies) implements GradientSource {
  public Scaled {
    if (copies < 1) {
      throw new IllegalArgumentException(copies + " copies: at least one");
    }
  }

  @Override
  public Var at(UnaryOperator<Var> objective, Var x, Var key) {
    Var sum = source.at(objective, x, key);
    for (int i = 1; i < copies; i++) {
      float scale = (float) Math.scalb(1.0, -i);
      sum = sum.add(source.at(v -> objective.apply(v.mul(scale)), x, key));
    }
    return sum.mul(1f / copies);
  }

  @Override
  public Cost cost() {
    return source.cost().times(copies);
  }
}
