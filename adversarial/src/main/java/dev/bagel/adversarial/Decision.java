package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/** What a classifier decides: the class of the largest score, if the scores are numbers. */
public final class Decision {
  private Decision() {}

  /** The class of every input, [N, …] → N numbers. */
  public static int[] of(Classifier f, Tensor x) {
    return of(f.scores(x));
  }

  /**
   * The class of every row of scores, [N, K] → N numbers.
   *
   * @throws AttackException if a score is NaN: such a model has no decision that could be attacked
   */
  public static int[] of(Tensor scores) {
    check(scores);
    return scores.argmax();
  }

  /**
   * Refuses scores that are not numbers, [N, K].
   *
   * @throws AttackException naming the first one
   */
  static void check(Tensor scores) {
    for (int i = 0; i < scores.size(); i++) {
      if (Float.isNaN(scores.get(i))) {
        int classes = scores.shape().dim(1);
        throw new AttackException(
            "the score of class %d for input %d of its batch is NaN: check the model's weights"
                .formatted(i % classes, i / classes));
      }
    }
  }
}
