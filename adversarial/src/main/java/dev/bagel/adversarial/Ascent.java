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
      AimCells.Kind goal,
      boolean watched) {}

  private static final String SOURCE = "gradient "; // before the names of what a source remembers

  final Cell x;
  final Cell origin;
  final AimCells aim;
  final Cell epsilon;
  final Cell keys;
  final Cell alpha = Cell.of("alpha", Shape.of());
  final Cell t = Cell.of("t", Shape.of());
  final Map<String, Cell> memory = new LinkedHashMap<>();
  private final int classes;
  private final Plan plan;
  private boolean asksAtPoint;

  Ascent(Classifier f, Kind kind) {
    int n = kind.shape.dim(0);
    Shape rows = Shape.of(n, kind.shape.size() / n);
    x = Cell.of("x", rows);
    origin = Cell.of("origin", rows);
    aim = new AimCells(kind.goal, n);
    epsilon = Cell.of("epsilon", Shape.of(n, 1));
    keys = Cell.of("keys", Shape.of(n, 4));
    memory(kind.rule, kind.gradient).keySet().forEach(m -> memory.put(m, Cell.of(m, rows)));
    Var point = x.var().reshape(kind.shape);
    Var logits = f.logits(point);
    classes = logits.shape().dim(1);
    plan =
        f.plans().plan(kind.watched ? List.of(logits) : List.of(), updates(f, kind, point, logits));
  }

  /** What a run remembers from step to step, and what that is at the beginning. */
  static Map<String, Float> memory(StepRule rule, GradientSource gradient) {
    Map<String, Float> all = new LinkedHashMap<>(rule.memory());
    gradient.memory().forEach((name, initial) -> all.put(SOURCE + name, initial));
    return all;
  }

  private Map<Cell, Var> updates(Classifier f, Kind kind, Var point, Var logits) {
    Map<String, Var> ruleMemory = vars(kind.rule.memory().keySet(), "");
    Var ahead = kind.rule.lookAhead(x.var(), ruleMemory, alpha.var(), kind.norm);
    GradientSource.Answer answer =
        kind.gradient.answer(
            new GradientSource.Question(
                v -> kind.surrogate.of(scores(f, v, point, logits), aim.aim()),
                ahead == x.var() ? point : ahead.reshape(kind.shape),
                keys.var(),
                epsilon.var(),
                shaped(vars(kind.gradient.memory().keySet(), SOURCE), kind.shape)));
    Var g = answer.gradient().reshape(x.shape());
    Optimizer.Moved moved =
        kind.rule.move(
            x.var().sub(origin.var()),
            kind.norm.movable(g, x.var(), f.bounds()),
            ruleMemory,
            alpha.var(),
            t.var(),
            kind.norm);
    Var next = kind.norm.confine(moved.p(), origin.var(), epsilon.var(), f.bounds());
    Map<Cell, Var> updates = new LinkedHashMap<>();
    moved.memory().forEach((name, value) -> updates.put(memory.get(name), value));
    shaped(answer.memory(), x.shape())
        .forEach((name, value) -> updates.put(memory.get(SOURCE + name), value));
    updates.put(
        x,
        next.add(
            g.add(moved.p()).mul(0))); // what is not finite shows, whatever the norm made of it
    if (Var.history(List.copyOf(updates.values())).contains(t.var())) {
      updates.put(t, t.var().add(1)); // few rules count
    }
    return updates;
  }

  /** At the point itself there are scores: no second forward pass. */
  private Var scores(Classifier f, Var v, Var point, Var logits) {
    asksAtPoint |= v == point;
    return v == point ? logits : f.logits(v);
  }

  private Map<String, Var> vars(Iterable<String> names, String prefix) {
    Map<String, Var> vars = new LinkedHashMap<>();
    names.forEach(name -> vars.put(name, memory.get(prefix + name).var()));
    return vars;
  }

  private static Map<String, Var> shaped(Map<String, Var> vars, Shape shape) {
    Map<String, Var> reshaped = new LinkedHashMap<>();
    vars.forEach((name, v) -> reshaped.put(name, v.reshape(shape)));
    return reshaped;
  }

  /** Whether the gradient's forward pass is one at the point itself, which has the scores. */
  boolean asksAtPoint() {
    return asksAtPoint;
  }

  /** Takes steps, the first of which has {@code number} (from 1). */
  void steps(int number, int count) {
    t.fill(number);
    plan.run(count);
  }

  /** The scores before the last step, if this is watched. */
  void readLogits(float[] into) {
    plan.read(0, into);
  }

  int classes() {
    return classes;
  }
}
