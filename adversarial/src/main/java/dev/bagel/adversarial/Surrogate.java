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
  /** What the attack aims at, as variables [N]; {@code targets} is null if any class will do. */
  record Aim(Var labels, Var targets) {
    public boolean isTargeted() {
      return targets != null;
    }
  }

  Var of(Var logits, Aim aim);

  static Surrogate crossEntropy() {
    return new CrossEntropy();
  }

  static Surrogate margin() {
    return new Margin();
  }

  static Surrogate dlr() {
    return new Dlr();
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
}
