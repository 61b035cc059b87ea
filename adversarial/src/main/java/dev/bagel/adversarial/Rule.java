package dev.bagel.adversarial;

import dev.bagel.tensor.ShapeException;

/**
 * When the scores of one example are what an attack wants: see {@link Goal#custom}. Write it as a
 * record, and the goal prints as the experiment that it is.
 */
@FunctionalInterface
public interface Rule {
  /**
   * Whether the attack has succeeded.
   *
   * @param scores of one example, [K]
   * @param truth what is right for it: its row of the goal's truth, or its class alone
   * @throws ShapeException if the two cannot be compared
   */
  boolean isReached(float[] scores, float[] truth);

  /** Regression: some output is farther than this from what is right. */
  static Rule offBy(double distance) {
    return new OffBy(distance);
  }

  /** Multi-label: some label is on the wrong side of score 0, which is probability ½. */
  static Rule anyLabelWrong() {
    return new AnyLabelWrong();
  }

  /** The right class is not among the {@code k} largest scores. */
  static Rule notInTop(int k) {
    return new NotInTop(k);
  }

  /** Refuses a truth that scores cannot be compared with one by one. */
  private static void checkPairs(Rule rule, float[] scores, float... truth) {
    if (scores.length != truth.length) {
      throw new ShapeException(
          "%s: %d scores and a truth of %d: every score needs its own, [N, %d]",
          rule, scores.length, truth.length, scores.length);
    }
  }

  /** {@link #offBy}. */
  record OffBy(double distance) implements Rule {
    public OffBy {
      if (!(distance >= 0)) {
        throw new IllegalArgumentException("off by " + distance + ": a distance is from 0 on");
      }
    }

    @Override
    public boolean isReached(float[] scores, float[] truth) {
      checkPairs(this, scores, truth);
      for (int k = 0; k < scores.length; k++) {
        if (Math.abs(scores[k] - truth[k]) > distance) {
          return true;
        }
      }
      return false;
    }
  }

  /** {@link #anyLabelWrong}. */
  record AnyLabelWrong() implements Rule {
    @Override
    public boolean isReached(float[] scores, float[] truth) {
      checkPairs(this, scores, truth);
      for (int k = 0; k < scores.length; k++) {
        if (scores[k] > 0 != truth[k] > 0.5) {
          return true;
        }
      }
      return false;
    }
  }

  /** {@link #notInTop}. */
  record NotInTop(int k) implements Rule {
    public NotInTop {
      if (k < 1) {
        throw new IllegalArgumentException("the first " + k + ": at least one");
      }
    }

    @Override
    public boolean isReached(float[] scores, float[] truth) {
      int right = (int) truth[0];
      if (right < 0 || right >= scores.length) {
        throw new ShapeException(
            "%s: %d scores, and class %d is right", this, scores.length, right);
      }
      int above = 0;
      for (float score : scores) {
        above += score > scores[right] ? 1 : 0;
      }
      return above >= k;
    }
  }
}
