package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.AttackException;
import dev.bagel.tensor.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The classes that an example might be taken for. */
final class Rivals {
  private Rivals() {}

  /**
   * The class of this rank among all but the right one, 1 being the likeliest; the last one if
   * there are fewer: [N, K] → N numbers.
   */
  static int[] of(Tensor scores, int rank, int... labels) {
    int classes = scores.shape().dim(1);
    if (classes < 2) {
      throw new AttackException("the model has one class: there is nothing to take an input for");
    }
    int[] rivals = new int[labels.length];
    for (int i = 0; i < rivals.length; i++) {
      int row = i * classes;
      int label = labels[i];
      rivals[i] =
          IntStream.range(0, classes)
              .filter(k -> k != label)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -scores.get(row + k)))
              .skip(Math.min(rank, classes - 1) - 1)
              .findFirst()
              .orElseThrow();
    }
    return rivals;
  }
}
