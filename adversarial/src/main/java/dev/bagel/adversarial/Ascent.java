package dev.bagel.adversarial;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Optimizer;
import dev.bagel.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One step of {@link Pgd} on a batch of one shape, as a plan: scores, gradient, move, projection and
 * clipping, from the point in cell {@code x} to the next point in the same cell. Neither ε nor the
 * step size is part of the plan, so one serves for every radius.
 */
final class Ascent {
  /** What a plan depends on; equal kinds have equal plans. */
  record Kind(
      Norm norm,
      StepRule rule,
      Surrogate surrogate,
      GradientSource gradient,
      Shape shape,
      boolean targeted) {}

  final Cell x;
  final Cell origin;
  final Cell labels;
  final Cell targets;
  final Cell epsilon;
  final Cell keys;
  final Cell alpha = Cell.of("alpha", Shape.of());
  final Cell t = Cell.of("t", Shape.of());
  final Map<String, Cell> memory = new LinkedHashMap<>();
  private final Plan plan;

  Ascent(Classifier f, Kind kind) {
    int n = kind.shape.dim(0);
    Shape rows = Shape.of(n, kind.shape.size() / n);
    x = Cell.of("x", rows);
    origin = Cell.of("origin", rows);
    labels = Cell.of("labels", Shape.of(n));
    targets = Cell.of("targets", Shape.of(n));
    epsilon = Cell.of("epsilon", Shape.of(n, 1));
    keys = Cell.of("keys", Shape.of(n, 4));
    kind.rule.memory().keySet().forEach(name -> memory.put(name, Cell.of(name, rows)));
    plan = plan(f, kind);
  }

  private Plan plan(Classifier f, Kind kind) {
    Surrogate.Aim aim =
        new Surrogate.Aim(labels.var(), kind.targeted ? targets.var() : null);
    Var g =
        kind.gradient.at(
            v -> kind.surrogate.of(f.logits(v.reshape(kind.shape)), aim), x.var(), keys.var());
    if (kind.norm.isSparse()) {
      g = movable(g, x.var(), f.bounds());
    }
    Map<String, Var> remembered = new LinkedHashMap<>();
    memory.forEach((name, cell) -> remembered.put(name, cell.var()));
    Optimizer.Moved moved =
        kind.rule.move(x.var(), g, remembered, alpha.var(), t.var(), kind.norm);
    Map<Cell, Var> updates = new LinkedHashMap<>();
    moved.memory().forEach((name, value) -> updates.put(memory.get(name), value));
    updates.put(x, kind.norm.confine(moved.p(), origin.var(), epsilon.var(), f.bounds()));
    return Plan.of(List.of(f.logits(x.var().reshape(kind.shape))), updates);
  }

  /** The gradient without the elements that it would push out of the box. */
  private static Var movable(Var g, Var x, Bounds bounds) {
    Var stuckHigh = x.atLeast(Var.constant(bounds.high())).mul(g.step());
    Var stuckLow = Var.constant(bounds.low()).atLeast(x).mul(g.neg().step());
    return stuckHigh.add(stuckLow).where(0, g);
  }

  /** Takes step {@code number} (from 1) and leaves the scores before it in {@code logits}. */
  void step(int number, float[] logits) {
    t.fill(number);
    plan.run();
    if (logits.length > 0) {
      plan.read(0, logits);
    }
  }

  int classes() {
    return plan.shape(0).dim(1);
  }
}
