package dev.bagel.bench.work;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One step of stochastic gradient descent on a batch, as a plan: what {@link dev.bagel.nn.Trainer}
 * replays, without the bookkeeping of a run around it.
 */
public final class TrainingStep {
  /** The learning rate. */
  public static final double RATE = 0.01;

  private final Map<String, Cell> numbers = new LinkedHashMap<>();
  private final List<String> weights;
  private final Plan plan;

  public TrainingStep(Workload work) {
    work.model().params().all().forEach((name, t) -> numbers.put(name, Cell.of(name, t)));
    weights = List.copyOf(work.model().params().weights().keySet());
    Map<String, Var> vars = new LinkedHashMap<>();
    numbers.forEach((name, cell) -> vars.put(name, cell.var()));
    Cell x = Cell.of("x", work.images());
    Cell labels = Cell.of("labels", Tensor.ofInts(work.labels()));
    Pass pass = Pass.train(vars, Cell.of("key", Fn.key(Rng.of(1))).var());
    Var loss = Loss.crossEntropy(work.model().logits(pass, x.var()), labels.var()).mean();
    plan = Plan.of(List.of(loss), updates(loss, pass));
  }

  private Map<Cell, Var> updates(Var loss, Pass pass) {
    Optimizer sgd = Optimizer.sgd(RATE);
    Var rate = Cell.of("rate", Tensor.scalar((float) RATE)).var();
    Var t = Cell.of("t", Shape.of()).var();
    Map<Cell, Var> updates = new LinkedHashMap<>();
    pass.updates().forEach((name, value) -> updates.put(numbers.get(name), value));
    Var[] ws = weights.stream().map(name -> numbers.get(name).var()).toArray(Var[]::new);
    List<Var> gradients = Grad.of(loss, ws);
    for (int i = 0; i < ws.length; i++) {
      Var moved = sgd.move(ws[i], gradients.get(i), Map.of(), rate, t).p();
      updates.put(numbers.get(weights.get(i)), moved);
    }
    return updates;
  }

  public void run() {
    plan.run();
  }

  /** The loss before the last step. */
  public float loss() {
    return plan.item(0);
  }

  /** Takes a step and returns by how much it moved each weight, in the order of the model's. */
  public float[] change() {
    float[] before = weights();
    run();
    float[] change = weights();
    for (int i = 0; i < change.length; i++) {
      change[i] -= before[i];
    }
    return change;
  }

  private float[] weights() {
    List<float[]> all = weights.stream().map(name -> numbers.get(name).memory()).toList();
    float[] flat = new float[all.stream().mapToInt(w -> w.length).sum()];
    int at = 0;
    for (float[] w : all) {
      System.arraycopy(w, 0, flat, at, w.length);
      at += w.length;
    }
    return flat;
  }
}
