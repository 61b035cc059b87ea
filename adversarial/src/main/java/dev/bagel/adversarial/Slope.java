package dev.bagel.adversarial;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * The scores of a batch, the surrogate's value and its gradient: what an attack with a loop of its
 * own asks of a model at a point. {@link Pgd} does not use it: its whole step is one plan.
 *
 * @param scores [N, K]
 * @param values the surrogate at every example, [N]
 * @param gradient ∂value/∂x, each example's own, shaped like the inputs
 */
public record Slope(Tensor scores, Tensor values, Tensor gradient) {
  /** The exact gradient. */
  public static Slope at(Classifier f, Surrogate surrogate, Tensor x, Goal goal) {
    return at(f, surrogate, GradientSource.exact(), x, goal, null);
  }

  /**
   * The gradient that a source gives.
   *
   * @param x [N, …]
   * @param seeds the randomness of each example; it may be null if the source is exact
   * @throws IllegalArgumentException if the goal names a class that the model does not have
   * @throws AttackException if an element of the gradient is not finite
   */
  public static Slope at(
      Classifier f, Surrogate surrogate, GradientSource source, Tensor x, Goal goal, Seeds seeds) {
    Kind kind = new Kind(surrogate, source, x.shape(), AimCells.Kind.of(goal));
    return f.plans()
        .with(Planned.class, kind, () -> new Planned(f, kind), p -> p.slope(x, goal, seeds));
  }

  /** What a plan depends on. */
  private record Kind(
      Surrogate surrogate, GradientSource source, Shape shape, AimCells.Kind goal) {}

  /** Scores, values and gradient in one replayed graph. */
  private static final class Planned {
    private final Cell x;
    private final AimCells aim;
    private final Cell keys;
    private final int classes;
    private final Plan plan;

    Planned(Classifier f, Kind kind) {
      int n = kind.shape.dim(0);
      x = Cell.of("x", kind.shape);
      aim = new AimCells(kind.goal, n);
      keys = Cell.of("keys", Shape.of(n, 4));
      Var logits = f.logits(x.var());
      Var values = kind.surrogate.of(logits, aim.aim());
      classes = logits.shape().dim(1);
      Var g =
          kind.source.at(
              v -> // at x itself the values are there: no second forward pass
              v == x.var() ? values : kind.surrogate.of(f.logits(v), aim.aim()),
              x.var(),
              keys.var());
      plan = f.plans().plan(logits, values, g);
    }

    Slope slope(Tensor at, Goal goal, Seeds seeds) {
      x.set(at);
      aim.load(goal, classes);
      for (int i = 0; seeds != null && i < seeds.size(); i++) {
        System.arraycopy(Fn.key(seeds.example(i)).array(), 0, keys.memory(), 4 * i, 4);
      }
      plan.run();
      Tensor g = plan.value(2);
      int bad = g.firstNotFinite();
      if (bad >= 0) {
        throw new AttackException(
            "the gradient of input %d of its batch has an element that is %s: check the model's weights, or take another surrogate"
                .formatted(bad / (g.size() / g.shape().dim(0)), g.get(bad)));
      }
      return new Slope(plan.value(0), plan.value(1), g);
    }
  }
}
