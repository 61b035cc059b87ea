package dev.bagel.nn;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The network while it is trained: its numbers, and what the optimizer remembers of them, in cells
 * that every step updates in place. As a classifier it is the frozen network that an objective may
 * attack: the same cells, in evaluation.
 */
final class Training implements Classifier {
  private final Model start;
  private final Objective objective;
  private final Optimizer optimizer;
  private final Map<String, Cell> numbers = new LinkedHashMap<>(); // weights, then buffers
  private final Map<String, Map<String, Cell>> memory = new LinkedHashMap<>(); // of each weight
  private final Cell rate = Cell.of("rate", Shape.of());
  private final Cell t = Cell.of("t", Shape.of());
  private final Cell key = Cell.of("key", Shape.of(4));
  private final Plans plans;

  Training(Model start, Objective objective, Optimizer optimizer) {
    this.start = start;
    this.objective = objective;
    this.optimizer = optimizer;
    plans = new Plans(start.plans().device());
    start.params().all().forEach((name, value) -> numbers.put(name, Cell.of(name, value)));
    start.params().weights().forEach((name, value) -> memory.put(name, fresh(name, value.shape())));
  }

  private Map<String, Cell> fresh(String name, Shape shape) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    new TreeMap<>(optimizer.memory()) // in the same order in every JVM
        .forEach(
            (what, initial) ->
                cells.put(what, Cell.of(what + " of " + name, Tensor.full(shape, initial))));
    return cells;
  }

  // ---- the frozen network
  // -------------------------------------------------------------------------

  @Override
  public Var logits(Var x) {
    return start.logits(vars(), x);
  }

  @Override
  public Bounds bounds() {
    return start.bounds();
  }

  @Override
  public Plans plans() {
    return plans;
  }

  private Map<String, Var> vars() {
    Map<String, Var> vars = new LinkedHashMap<>();
    numbers.forEach((name, cell) -> vars.put(name, cell.var()));
    return vars;
  }

  // ---- a step -----------------------------------------------------------------------------------

  private record Step(Cell x, Cell crafted, Cell labels, int classes, Plan plan) {}

  /** One step on a batch; returns the loss before it. */
  double step(Batch batch, Tensor crafted, Rng rng, double rate, long t) {
    this.rate.fill((float) rate);
    this.t.fill((float) t); // exact up to 2²⁴
    key.set(Fn.key(rng.at("noise")));
    List<Shape> shapes = List.of(batch.x().shape(), crafted.shape());
    return plans.with(
        Step.class,
        shapes,
        () -> plan(batch.x().shape(), crafted.shape()),
        s -> {
          s.x.set(batch.x());
          s.crafted.set(crafted);
          s.labels.set(Tensor.ofInts(known(batch.labels(), s.classes)));
          s.plan.run();
          return (double) s.plan.item(0);
        });
  }

  private static int[] known(int[] labels, int classes) {
    for (int label : labels) {
      if (label < 0 || label >= classes) {
        throw new TrainingException(
            "label " + label + ": the model has classes 0 … " + (classes - 1));
      }
    }
    return labels;
  }

  private Step plan(Shape xShape, Shape craftedShape) {
    Cell x = Cell.of("x", xShape);
    Cell crafted = Cell.of("crafted", craftedShape);
    Cell labels = Cell.of("labels", Shape.of(xShape.dim(0)));
    Map<Cell, Var> updates = new LinkedHashMap<>();
    Map<String, Var> now = vars(); // a second pass of one loss goes on from the first's statistics
    int[] classes = {Integer.MAX_VALUE};
    Var loss =
        objective.loss(
            v -> {
              Pass pass = Pass.train(now, key.var());
              Var logits = start.logits(pass, v);
              pass.updates().forEach((name, value) -> updates.put(numbers.get(name), value));
              now.putAll(pass.updates());
              classes[0] = logits.shape().dim(1);
              return logits;
            },
            x.var(),
            crafted.var(),
            labels.var());
    List<String> names = List.copyOf(memory.keySet());
    List<Var> gradients =
        Grad.of(loss, names.stream().map(n -> numbers.get(n).var()).toArray(Var[]::new));
    for (int i = 0; i < names.size(); i++) {
      move(names.get(i), gradients.get(i), updates);
    }
    return new Step(x, crafted, labels, classes[0], plans.plan(List.of(loss), updates));
  }

  private void move(String name, Var gradient, Map<Cell, Var> updates) {
    Map<String, Cell> cells = memory.get(name);
    Map<String, Var> remembered = new LinkedHashMap<>();
    cells.forEach((what, cell) -> remembered.put(what, cell.var()));
    Cell p = numbers.get(name);
    Optimizer.Moved moved = optimizer.move(p.var(), gradient, remembered, rate.var(), t.var());
    updates.put(p, moved.p());
    moved.memory().forEach((what, value) -> updates.put(cells.get(what), value));
  }

  // ---- what it has become
  // -------------------------------------------------------------------------

  Model model() {
    Map<String, Tensor> values = new LinkedHashMap<>();
    numbers.forEach((name, cell) -> values.put(name, cell.get()));
    Params p = start.params().with(values);
    return start.with(p);
  }

  /** The first array of weights or statistics that holds a number which is not finite. */
  Optional<String> notFinite() {
    return numbers.entrySet().stream()
        .filter(e -> Tensor.wrap(e.getValue().shape(), e.getValue().memory()).firstNotFinite() >= 0)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Every number that the next step depends on, by a name that is unique. */
  Map<String, Tensor> state() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    numbers.forEach((name, cell) -> all.put("number:" + name, cell.get()));
    memory.forEach(
        (name, cells) ->
            cells.forEach((what, cell) -> all.put("memory:" + what + ":" + name, cell.get())));
    return all;
  }

  /** Puts back what {@link #state} gave. */
  void restore(Map<String, Tensor> state) {
    numbers.forEach((name, cell) -> cell.set(state.get("number:" + name)));
    memory.forEach(
        (name, cells) ->
            cells.forEach((what, cell) -> cell.set(state.get("memory:" + what + ":" + name))));
  }
}
