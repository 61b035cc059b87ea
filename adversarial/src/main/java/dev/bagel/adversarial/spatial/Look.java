package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.AimCells;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a model says of transformed pictures: transformation and model in one replayed graph. */
final class Look {
  /** What a plan depends on. */
  record Kind(
      Transformation transformation,
      Surrogate surrogate,
      Shape shape,
      AimCells.Kind goal,
      boolean steep) {}

  /**
   * What was seen.
   *
   * @param scores [N, K]
   * @param values the surrogate, [N]
   * @param gradient ∂value/∂matrix, [N, rows, columns]; null if it was not asked for
   */
  record Seen(Tensor scores, Tensor values, Tensor gradient) {}

  private final Cell x;
  private final Cell matrices;
  private final AimCells aim;
  private final int classes;
  private final boolean steep;
  private final Plan plan;

  Look(Classifier f, Kind kind) {
    int n = kind.shape.dim(0);
    x = Cell.of("x", kind.shape);
    matrices = Cell.of("matrices", Shape.of(n).concat(kind.transformation.matrix()));
    aim = new AimCells(kind.goal, n);
    steep = kind.steep;
    Var logits = f.logits(kind.transformation.apply(x.var(), matrices.var(), f.bounds()));
    Var values = kind.surrogate.of(logits, aim.aim());
    classes = logits.shape().dim(1);
    List<Var> outputs = new ArrayList<>(List.of(logits, values));
    if (steep) {
      outputs.add(Grad.of(values.sum(), matrices.var()).get(0));
    }
    plan = f.plans().plan(outputs, Map.of());
  }

  Seen at(Tensor pictures, Tensor places, Goal goal) {
    x.set(pictures);
    matrices.set(places);
    aim.load(goal, classes);
    plan.run();
    return new Seen(plan.value(0), plan.value(1), steep ? plan.value(2) : null);
  }
}
