package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import java.util.function.UnaryOperator;

/**
 * The mean gradient of several passes through a model that is random by itself: expectation over
 * transformation, Athalye, Carlini and Wagner 2018, "Obfuscated gradients give a false sense of
 * security", §4.2. For a model that is not random it is the exact gradient, several times over.
 *
 * @param passes how many
 */
record Averaged(int passes) implements GradientSource {
  @Override
  public Var at(UnaryOperator<Var> objective, Var x, Var key) {
    Var sum = null;
    for (int p = 0; p < passes; p++) {
      // + 0: another variable, so that there is another pass through the model
      Var one = Grad.of(objective.apply(x.add(0)).sum(), x).get(0);
      sum = sum == null ? one : sum.add(one);
    }
    return sum.mul(1f / passes);
  }

  @Override
  public Cost cost() {
    return new Cost(passes, 0);
  }
}
