package dev.bagel.adversarial;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Optimizer;
import dev.bagel.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One step of {@link Pgd} on a batch of one shape, as a plan: scores, gradient, move, projection
 * and clipping, from the point in cell {@code x} to the next point in the same cell. Neither ε nor
 * the step size is part of the plan, so one serves for every radius.
 */
final class Ascent {
  /** What a plan depends on; equal kinds have equal plans. Who is watched tells the scores. */
  record Kind(
      Norm norm,
      StepRule rule,
      Surrogate surrogate,
      GradientSource gradient,
      Shape shape,
      boolean targeted,
      boolean watched) {}

  final Cell x;
  final Cell origin;
  final Cell labels;
  final Cell targets;
  final Cell epsilon;
  final Cell keys;
  final Cell alpha = Cell.of("alpha", Shape.of());
  final Cell t = Cell.of("t", Shape.of());
  final Map<String, Cell> memory = new LinkedHashMap<>();
  private final int classes;
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
    Var logits = f.logits(x.var().reshape(kind.shape));
    classes = logits.shape().dim(1);
    plan = Plan.of(kind.watched ? List.of(logits) : List.of(), updates(f, kind, logits));
  }

  private Map<Cell, Var> updates(Classifier f, Kind kind, Var logits) {
    Surrogate.Aim aim = new Surrogate.Aim(labels.var(), kind.targeted ? targets.var() : null);
    UnaryOperator<Var> scores = // at x itself there are some: no second forward pass
        v -> v == x.var() ? logits : f.logits(v.reshape(kind.shape));
    Var g = kind.gradient.at(v -> kind.surrogate.of(scores.apply(v), aim), x.var(), keys.var());
    Map<String, Var> remembered = new LinkedHashMap<>();
    memory.forEach((name, cell) -> remembered.put(name, cell.var()));
    Optimizer.Moved moved =
        kind.rule.move(
            x.var().sub(origin.var()),
            kind.norm.movable(g, x.var(), f.bounds()),
            remembered,
            alpha.var(),
            t.var(),
            kind.norm);
    Var next = kind.norm.confine(moved.p(), origin.var(), epsilon.var(), f.bounds());
    Map<Cell, Var> updates = new LinkedHashMap<>();
    moved.memory().forEach((name, value) -> updates.put(memory.get(name), value));
    updates.put(
        x,
        next.add(
            g.add(moved.p()).mul(0))); // what is not finite shows, whatever the norm made of it
    return updates;
  }

  /** Takes step {@code number} (from 1). */
  void step(int number) {
    t.fill(number);
    plan.run();
  }

  /** The scores before the last step, if this is watched. */
  void readLogits(float[] into) {
    plan.read(0, into);
  }

  int classes() {
    return classes;
  }
}
