package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * Climbs the margin, in steps that grow, until the goal is reached: a starting point where noise
 * gives none.
 *
 * @param steps at most so many
 */
record Crossing(int steps) implements Attack {
  private static final double FIRST = 0.1; // in widths of the box
  private static final double GROWTH = 1.05;

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, Norm.L2::length, Climbing::new);
  }

  private final class Climbing implements Walk {
    private final Example e;
    private float[] x;
    private int step;

    Climbing(Example e) {
      this.e = e;
      x = e.origin;
    }

    @Override
    public List<Question> ask() {
      return e.isFound() || step == steps
          ? List.of()
          : List.of(Question.slope(Surrogate.margin(), x));
    }

    @Override
    public void hear(List<Reply> replies) {
      double length = FIRST * Math.pow(GROWTH, step++);
      x = e.at(Vectors.sum(e.delta(x), length, Norm.L2.ascent(replies.get(0).gradient())));
    }
  }
}
