package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.AimCells;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.StepSize;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Learns a universal perturbation by stochastic gradients: Shafahi et al. 2020, "Universal
 * adversarial training", Algorithm 1.
 *
 * <pre>{@code δ ← Π(δ + α · ascent(∇_δ mean min(surrogate(f(clip(x + δ))), β)))}</pre>
 *
 * over batches of the data. The gradient goes past the clipping as if there were none: where δ
 * darkens what is black already it would be 0, and nothing could bring δ back. Without β a few
 * examples that are fooled already would draw δ on and on; the paper cuts the cross-entropy at 9.
 * The curve is the share of examples, in the course of an epoch, that reached the goal.
 *
 * @param ball where the perturbation lies
 * @param target the class that is aimed at; if there is none, any wrong one will do
 * @param epochs how often every example is seen
 * @param batch examples in one step
 * @param stepSize how far a step goes
 * @param surrogate what is climbed
 * @param cap β: what an example counts at most
 */
public record UniversalGradient(
    Ball ball,
    OptionalInt target,
    int epochs,
    int batch,
    StepSize stepSize,
    Surrogate surrogate,
    double cap) {
  public UniversalGradient {
    if (epochs < 1 || batch < 1 || Double.isNaN(cap)) {
      throw new IllegalArgumentException(
          "%d epochs of batches of %d, cut at %s: from 1 on, and a number"
              .formatted(epochs, batch, cap));
    }
  }

  /** Ten epochs of batches of 128 and steps of ε/5, untargeted, on the margin cut at 9. */
  public static UniversalGradient in(Ball ball) {
    return new UniversalGradient(
        ball, OptionalInt.empty(), 10, 128, new StepSize.Relative(0.2), Surrogate.margin(), 9);
  }

  /** The same towards one class. */
  public UniversalGradient target(int target) {
    return new UniversalGradient(
        ball, OptionalInt.of(target), epochs, batch, stepSize, surrogate, cap);
  }

  public UniversalGradient epochs(int epochs) {
    return new UniversalGradient(ball, target, epochs, batch, stepSize, surrogate, cap);
  }

  public UniversalGradient batch(int batch) {
    return new UniversalGradient(ball, target, epochs, batch, stepSize, surrogate, cap);
  }

  public UniversalGradient stepSize(StepSize stepSize) {
    return new UniversalGradient(ball, target, epochs, batch, stepSize, surrogate, cap);
  }

  public UniversalGradient surrogate(Surrogate surrogate, double cap) {
    return new UniversalGradient(ball, target, epochs, batch, stepSize, surrogate, cap);
  }

  /**
   * Learns from labelled data.
   *
   * @param rng the order of the examples
   * @throws AttackException if a gradient is not finite
   */
  public Learned<UniversalPerturbation> fit(
      Classifier f, Dataset data, Rng rng, Progress progress) {
    Cell delta = Cell.of("delta", Shape.of(1, data.example().size()));
    Map<Integer, Step> steps = new HashMap<>(); // by size: an epoch's last may be smaller
    Passes passes = new Passes(data.size(), epochs, batch);
    List<Double> curve =
        passes.curve(
            rng,
            progress,
            toString(),
            (epoch, rows) ->
                steps
                    .computeIfAbsent(rows.length, n -> new Step(f, delta, data.example(), n))
                    .take(data.batch(rows)));
    Tensor found = delta.get().reshape(data.example());
    if (found.firstNotFinite() >= 0) {
      throw new AttackException(this + ": the gradient is not finite; check the model's weights");
    }
    return new Learned<>(new UniversalPerturbation(found, ball), curve, new Cost(passes.seen(), 0));
  }

  /** One step on a batch of one size, from the perturbation in a cell to the next in that cell. */
  private final class Step {
    private final Cell x;
    private final AimCells aim;
    private final int classes;
    private final Plan plan;

    Step(Classifier f, Cell delta, Shape example, int n) {
      x = Cell.of("x", Shape.of(n).concat(example));
      aim = new AimCells(AimCells.Kind.of(goal(new int[n])), n);
      Bounds bounds = f.bounds();
      Var moved = x.var().add(delta.var().reshape(example));
      Var valid = bounds.equals(Bounds.NONE) ? moved : moved.clamp(bounds.low(), bounds.high());
      Var logits = f.logits(moved.add(valid.sub(moved).detach()));
      classes = logits.shape().dim(1);
      Var values = surrogate.of(logits, aim.aim());
      Var objective = values.min((float) cap).sum().mul(1f / n);
      Var g = Grad.of(objective, delta.var()).get(0);
      Var epsilon = Var.constant(Tensor.full(Shape.of(1, 1), (float) ball.epsilon()));
      float alpha =
          (float) stepSize.in(ball.norm().extent(ball.epsilon(), Ball.reach(bounds)), epochs);
      Var next = delta.var().add(ball.norm().ascent(g).mul(alpha));
      Var shown = g.mul(0); // what is not finite shows, whatever the norm made of it
      plan =
          f.plans()
              .plan(List.of(logits), Map.of(delta, ball.norm().project(next, epsilon).add(shown)));
    }

    /** Returns how many of the batch had reached the goal before the step. */
    int take(Batch batch) {
      Goal goal = goal(batch.labels());
      x.set(batch.x());
      aim.load(goal, classes);
      plan.run();
      int reached = 0;
      for (boolean r : goal.reached(plan.value(0))) {
        reached += r ? 1 : 0;
      }
      return reached;
    }
  }

  private Goal goal(int... labels) {
    if (target.isEmpty()) {
      return Goal.untargeted(labels);
    }
    int[] targets = new int[labels.length];
    Arrays.fill(targets, target.getAsInt());
    return Goal.targeted(labels, targets);
  }
}
