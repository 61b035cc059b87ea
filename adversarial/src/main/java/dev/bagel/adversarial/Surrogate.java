package dev.bagel.adversarial;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Loss;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * The smooth stand-in for "is it misclassified?" that a gradient attack climbs: [N, K] → [N],
 * larger being nearer to the goal.
 */
public interface Surrogate {
  /**
   * What the attack aims at, as variables.
   *
   * @param labels the right classes, [N]; null if the goal has none
   * @param targets the classes that are wanted, [N]; null if any class will do
   * @param truth what scores are compared with, [N, …]; null if there are only classes
   */
  record Aim(Var labels, Var targets, Var truth) {
    /** Classes, and nothing else. */
    public Aim(Var labels, Var targets) {
      this(labels, targets, null);
    }

    /** What a goal says, of scores of so many classes. */
    static Aim of(Goal goal, int classes) {
      float[] labels = new float[goal.size()];
      float[] targets = new float[goal.size()];
      goal.fill(classes, labels, targets);
      return new Aim(
          goal.isLabelled() ? each(labels) : null,
          goal instanceof Goal.Targeted ? each(targets) : null,
          goal.truth() == null ? null : Var.constant(goal.truth()));
    }

    private static Var each(float... numbers) {
      return Var.constant(Tensor.wrap(Shape.of(numbers.length), numbers));
    }

    public boolean isTargeted() {
      return targets != null;
    }

    /**
     * The right classes.
     *
     * @throws AttackException if there are none
     */
    @Override
    public Var labels() {
      if (labels == null) {
        throw new AttackException(
            "the goal has no classes: take a surrogate that compares scores with its truth, as"
                + " Surrogate.squaredError()");
      }
      return labels;
    }

    /**
     * What is right.
     *
     * @throws AttackException if there is nothing but classes
     */
    @Override
    public Var truth() {
      if (truth == null) {
        throw new AttackException(
            "the goal has no truth to compare scores with: make one by Goal.custom(rule, truth)");
      }
      return truth;
    }
  }

  Var of(Var logits, Aim aim);

  /**
   * The same of scores that are there already, [N, K] → [N].
   *
   * @throws IllegalArgumentException if the goal names a class that is not among them
   */
  default Tensor of(Tensor scores, Goal goal) {
    return of(Var.constant(scores), Aim.of(goal, scores.shape().dim(1))).value();
  }

  /**
   * Whether the model's scores of the unperturbed inputs take the place of the truth where the goal
   * has none.
   */
  default boolean comparesWithClean() {
    return false;
  }

  /** The opposite: climbing it brings scores nearer to the truth. */
  default Surrogate negated() {
    return new Negated(this);
  }

  static Surrogate crossEntropy() {
    return new CrossEntropy();
  }

  static Surrogate margin() {
    return new Margin();
  }

  static Surrogate dlr() {
    return new Dlr();
  }

  static Surrogate squaredError() {
    return new SquaredError();
  }

  static Surrogate binaryCrossEntropy() {
    return new BinaryCrossEntropy();
  }

  static Surrogate kl() {
    return new Kl();
  }

  static Surrogate difference() {
    return new Difference();
  }

  /**
   * Away from the label, or towards the target, along the gradient of the cross-entropy −log p_y.
   *
   * <p>What is climbed is the log of the odds, u = log Σ_{j≠y} exp z_j − z_y = log (1 − p_y)/p_y.
   * The cross-entropy is log(1 + eᵘ): it orders points in the same way and its gradient is σ(u)·∇u,
   * the same direction. But σ(u) is 0 in float once the model is sure enough of itself, and an
   * attack that stands still there would call the model robust.
   */
  record CrossEntropy() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return aim.isTargeted() ? of(z, aim.targets()).neg() : of(z, aim.labels());
    }

    private static Var of(Var z, Var labels) {
      Var others = labels.oneHot(z.shape().dim(1)).where(Float.NEGATIVE_INFINITY, z);
      return others.logSumExp().reshape(labels.shape()).sub(z.pick(labels));
    }
  }

  /** max_{j≠y} z_j − z_y, or z_t − max_{j≠t} z_j: Carlini and Wagner 2017, f₆ without its cut. */
  record Margin() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return aim.isTargeted() ? Loss.margin(z, aim.targets()).neg() : Loss.margin(z, aim.labels());
    }
  }

  /** z_t − z_y: how far the target's score is above the label's, whatever the others are. */
  record Difference() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      if (!aim.isTargeted()) {
        throw new AttackException(
            "the difference of two scores needs a target: use the margin, or a targeted goal");
      }
      return z.pick(aim.targets()).sub(z.pick(aim.labels()));
    }
  }

  /**
   * The difference of logits ratio, −(z_y − max_{j≠y} z_j) / (z_π1 − z_π3), which no rescaling of
   * the logits can flatten; targeted −(z_y − z_t) / (z_π1 − (z_π3 + z_π4)/2). Croce and Hein 2020,
   * Eq. (6) and (7). π sorts the logits; at least 3 (targeted: 4) classes are needed.
   */
  record Dlr() implements Surrogate {
    private static final float TINY = 1e-12f;

    @Override
    public Var of(Var z, Aim aim) {
      int needed = aim.isTargeted() ? 4 : 3;
      if (z.shape().dim(1) < needed) {
        throw new AttackException(
            "the DLR loss needs "
                + needed
                + " classes, the model has "
                + z.shape().dim(1)
                + ": use the margin");
      }
      if (aim.isTargeted()) {
        Var scale = rank(z, 1).sub(rank(z, 3).add(rank(z, 4)).mul(0.5f)).add(TINY);
        return z.pick(aim.targets()).sub(z.pick(aim.labels())).div(scale);
      }
      return Loss.margin(z, aim.labels()).div(rank(z, 1).sub(rank(z, 3)).add(TINY));
    }

    /** z_π: the logit of this rank, 1 being the largest; [N]. */
    private static Var rank(Var z, int rank) {
      int n = z.shape().dim(0);
      Var k = Var.constant(Tensor.full(Shape.of(n, 1), rank - 1));
      return Fn.largest(z, k).where(Float.NEGATIVE_INFINITY, z).maxAxes(1).reshape(n);
    }
  }

  /** Σ (z − truth)², for regression; without a truth, the distance from the clean scores. */
  record SquaredError() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return z.sub(aim.truth().reshape(z.shape())).square().sumEach();
    }

    @Override
    public boolean comparesWithClean() {
      return true;
    }
  }

  /**
   * Away from labels of which any number may be right, along the gradient of the binary
   * cross-entropy Σₖ log(1 + exp uₖ), where uₖ = (1 − 2 truthₖ) zₖ is how wrong label k is.
   *
   * <p>What is climbed is its logarithm: the same order, the same direction, and no vanishing
   * gradient where the model is sure of all labels. Below −10, log log(1 + eᵘ) is u to 2·10⁻⁵.
   */
  record BinaryCrossEntropy() implements Surrogate {
    private static final float SURE = -10;

    @Override
    public Var of(Var z, Aim aim) {
      Var u = z.mul(aim.truth().reshape(z.shape()).mul(-2).add(1));
      Var logs = u.atLeast(Var.constant(SURE)).where(u.max(SURE).softplus().log(), u);
      return logs.logSumExp().reshape(z.shape().dim(0));
    }
  }

  /**
   * KL(p ‖ q), where q is what the model says now, and p what the goal's truth says, as scores; if
   * there is none, what the model says of the unperturbed input. It has no slope there: begin
   * elsewhere. Miyato et al. 2018, Eq. (5); Zhang et al. 2019, Eq. (5).
   */
  record Kl() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return Loss.kl(aim.truth().reshape(z.shape()), z);
    }

    @Override
    public boolean comparesWithClean() {
      return true;
    }
  }

  /** −surrogate. */
  record Negated(Surrogate surrogate) implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return surrogate.of(z, aim).neg();
    }

    @Override
    public boolean comparesWithClean() {
      return surrogate.comparesWithClean();
    }
  }
}
