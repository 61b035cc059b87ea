package dev.bagel.adversarial.gradient;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The gradient plus v, by which the mean gradient of the last point's neighbours differed from its
 * own: Wang and He 2021, Algorithm 1 and Eq. (7). Neighbours are x + r with r uniform in the cube
 * of half-width βε.
 *
 * @param samples neighbours
 * @param beta β
 */
public record VarianceTuned(GradientSource source, int samples, double beta)
    implements GradientSource {
  private static final String V = "v";

  public VarianceTuned {
    if (samples < 1 || !(beta > 0)) {
      throw new IllegalArgumentException(
          samples + " neighbours within " + beta + " ε: at least one, and a positive factor");
    }
  }

  @Override
  public Map<String, Float> memory() {
    return Map.of(V, 0f);
  }

  @Override
  public Answer answer(Question q) {
    Var g = source.at(q.objective(), q.x(), q.key());
    Var sum = null;
    for (int s = 0; s < samples; s++) {
      Var u = Fn.uniform(q.key(), "neighbour " + s, q.x().shape()).mul(2).sub(1);
      Var r = u.mul(q.radius()).mul((float) beta);
      Var one = source.at(v -> q.objective().apply(v.add(r)), q.x(), q.key());
      sum = sum == null ? one : sum.add(one);
    }
    Var v = sum.mul(1f / samples).sub(g);
    return new Answer(g.add(q.memory().get(V)), Map.of(V, v));
  }

  @Override
  public Var at(UnaryOperator<Var> objective, Var x, Var key) {
    throw new AttackException(
        this
            + " looks back at the last step: it is for Pgd, and around other sources, not in them");
  }

  @Override
  public Cost cost() {
    return source.cost().times(1 + samples);
  }
}
