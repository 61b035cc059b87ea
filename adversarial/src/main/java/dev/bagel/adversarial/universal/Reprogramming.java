package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns a program for another task on a model that stays as it is: Elsayed et al. 2019, Eq. (1)
 * and (3).
 *
 * <pre>{@code min_W E −log P(h(y) | X̃ + tanh(W ⊙ M)) + λ‖W‖²}</pre>
 *
 * λ is the optimizer's decay. The curve is the mean of −log P in every epoch.
 *
 * @param frame the shape of the host's inputs, [C, H, W]
 * @param mapping what the host's classes are to mean
 * @param epochs how often every example is seen
 * @param batch examples in one step
 * @param optimizer how W moves
 */
public record Reprogramming(
    Shape frame, LabelMapping mapping, int epochs, int batch, Optimizer optimizer) {
  public Reprogramming {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          epochs + " epochs of batches of " + batch + ": at least 1 each");
    }
  }

  /** 20 epochs of batches of 64, Adam at 0.05. */
  public static Reprogramming of(Shape frame, LabelMapping mapping) {
    return new Reprogramming(frame, mapping, 20, 64, Optimizer.adam(0.05));
  }

  public Reprogramming epochs(int epochs) {
    return new Reprogramming(frame, mapping, epochs, batch, optimizer);
  }

  public Reprogramming batch(int batch) {
    return new Reprogramming(frame, mapping, epochs, batch, optimizer);
  }

  public Reprogramming optimizer(Optimizer optimizer) {
    return new Reprogramming(frame, mapping, epochs, batch, optimizer);
  }

  /**
   * Learns from the task's pictures.
   *
   * @param rng the order of the pictures
   * @throws AttackException if the host has no bounds, or a gradient is not finite
   */
  public Learned<Program> fit(Classifier host, Dataset task, Rng rng, Progress progress) {
    if (!host.bounds().isClosed()) {
      throw new AttackException(
          this + " within " + host.bounds() + ": tanh needs bounds to lead into");
    }
    checkLabels(task);
    Learnable w = new Learnable(Tensor.zeros(frame), optimizer, 1);
    Map<Integer, Step> steps = new HashMap<>(); // by size: an epoch's last may be smaller
    Passes passes = new Passes(task.size(), epochs, batch);
    List<Double> curve =
        passes.curve(
            rng,
            progress,
            toString(),
            (epoch, rows) -> {
              w.count();
              return steps
                  .computeIfAbsent(rows.length, n -> new Step(host, w, task, n))
                  .take(task.batch(rows));
            });
    if (w.value().firstNotFinite() >= 0) {
      throw new AttackException(this + ": the gradient is not finite; check the host's weights");
    }
    Tensor learned = Program.squashed(Var.constant(w.value()), host.bounds()).value();
    return new Learned<>(
        new Program(learned, task.example(), mapping), curve, new Cost(passes.seen(), 0));
  }

  private void checkLabels(Dataset task) {
    for (int label : task.labels()) {
      if (label >= mapping.groups().size()) {
        throw new IllegalArgumentException(
            "the task has class " + label + ": the mapping has " + mapping.groups().size());
      }
    }
  }

  /** One step on a batch of one size. */
  private final class Step {
    private final Cell x;
    private final Cell labels;
    private final Plan plan;

    Step(Classifier host, Learnable w, Dataset task, int n) {
      x = Cell.of("x", Shape.of(n).concat(task.example()));
      labels = Cell.of("labels", Shape.of(n));
      Var frame = Program.squashed(w.var(), host.bounds());
      Var logits = host.logits(Program.shown(x.var(), frame, task.example()));
      Var loss = Loss.crossEntropy(mapping.apply(logits), labels.var()).sum();
      Var g = Grad.of(loss, w.var()).get(0).mul(1f / n);
      plan = host.plans().plan(List.of(loss), w.step(g, v -> v));
    }

    double take(Batch batch) {
      x.set(batch.x());
      labels.set(Tensor.ofInts(batch.labels()));
      plan.run();
      return plan.item(0);
    }
  }
}
