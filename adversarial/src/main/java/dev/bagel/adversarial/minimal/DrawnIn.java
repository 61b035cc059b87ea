package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * Draws a point that reaches the goal in towards the input, by bisection of the length of its
 * perturbation: scaled in ℓ2, cut in ℓ∞, shrunk in ℓ1, and of fewer elements in ℓ0.
 */
final class DrawnIn implements Walk {
  private final Example e;
  private final Norm norm;
  private final int halvings;
  private final float[] far;
  private double near; // shares of the length: not at the goal,
  private double reaching = 1; // at the goal,
  private double share = 1; // and looked at
  private int looks;

  DrawnIn(Example e, Norm norm, int halvings, float[] start) {
    this.e = e;
    this.norm = norm;
    this.halvings = halvings;
    far = e.delta(start);
  }

  /** What was found, drawn in. */
  static Found of(Classifier f, Tensor x, Goal goal, Norm norm, int halvings, Found found) {
    return Walks.from(
        found,
        f,
        x,
        goal,
        norm::length,
        e -> found.success()[e.row] ? new DrawnIn(e, norm, halvings, e.toUnits(found.x())) : null);
  }

  /** Where it is now: the nearest point that reaches the goal, once it is over. */
  float[] point() {
    return e.at(norm.project(far, share * norm.length(far)));
  }

  boolean isOver() {
    return looks > halvings;
  }

  @Override
  public List<Question> ask() {
    return isOver() ? List.of() : List.of(Question.scores(point()));
  }

  @Override
  public void hear(List<Reply> replies) {
    boolean reached = replies.get(0).reached();
    near = reached ? near : share;
    reaching = reached ? share : reaching;
    share = ++looks > halvings ? reaching : (near + reaching) / 2;
  }
}
