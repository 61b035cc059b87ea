package dev.bagel.adversarial;

import dev.bagel.autodiff.Cell;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * What a goal tells a surrogate, as cells that a plan reads: for attacks with plans of their own.
 */
public final class AimCells {
  /**
   * What a plan must know of a goal; equal kinds have equal plans.
   *
   * @param truth of the whole batch, null if there is none
   */
  public record Kind(boolean labelled, boolean targeted, Shape truth) {
    /** A goal as it is. */
    public static Kind of(Goal goal) {
      return of(goal, goal.truth());
    }

    /** A goal whose truth is this, or whose scores are compared with this in its place. */
    static Kind of(Goal goal, Tensor truth) {
      return new Kind(
          goal.isLabelled(), goal instanceof Goal.Targeted, truth == null ? null : truth.shape());
    }
  }

  private final Cell labels;
  private final Cell targets;
  private final Cell truth;
  private final Surrogate.Aim aim;

  /** For goals of a kind, of so many examples. */
  public AimCells(Kind kind, int n) {
    labels = Cell.of("labels", Shape.of(n));
    targets = Cell.of("targets", Shape.of(n));
    truth = kind.truth == null ? null : Cell.of("truth", kind.truth);
    aim =
        new Surrogate.Aim(
            kind.labelled ? labels.var() : null,
            kind.targeted ? targets.var() : null,
            truth == null ? null : truth.var());
  }

  /** What a plan's surrogate looks at. */
  public Surrogate.Aim aim() {
    return aim;
  }

  /**
   * Takes in a goal of the same kind, for a model of so many classes.
   *
   * @throws IllegalArgumentException if the goal names another class
   */
  public void load(Goal goal, int classes) {
    load(goal, goal.truth(), classes);
  }

  void load(Goal goal, Tensor truth, int classes) {
    goal.fill(classes, labels.memory(), targets.memory());
    if (this.truth != null) {
      this.truth.set(truth);
    }
  }
}
