package dev.bagel.adversarial.universal;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a host's classes mean in another task: Elsayed et al. 2019, h_g. Each class of the task is
 * the union of some of the host's; its score is the logarithm of the sum of their exponentials, so
 * that a softmax gives it the sum of their probabilities among those that are used.
 *
 * @param groups for each class of the task, the host's classes that mean it; no class twice
 */
public record LabelMapping(List<List<Integer>> groups) {
  public LabelMapping {
    groups = groups.stream().map(List::copyOf).toList();
    List<Integer> all = groups.stream().flatMap(List::stream).toList();
    if (groups.stream().anyMatch(List::isEmpty)
        || all.stream().distinct().count() < all.size()
        || all.stream().anyMatch(k -> k < 0)) {
      throw new IllegalArgumentException(
          "groups " + groups + ": none empty, and no class in two of them");
    }
  }

  /** The host's class k is the task's class k: the mapping of the paper. */
  public static LabelMapping first(int classes) {
    return new LabelMapping(IntStream.range(0, classes).mapToObj(List::of).toList());
  }

  /** So many of the host's classes, in turn, for each class of the task. */
  public static LabelMapping grouped(int classes, int each) {
    return new LabelMapping(
        IntStream.range(0, classes)
            .mapToObj(k -> IntStream.range(0, each).mapToObj(j -> k + j * classes).toList())
            .toList());
  }

  /** Scores of the host to scores of the task: [N, K] → [N, groups]. */
  public Var apply(Var logits) {
    int k = logits.shape().dim(1);
    Var[] scores = new Var[groups.size()];
    for (int g = 0; g < scores.length; g++) {
      float[] others = new float[k];
      Arrays.fill(others, 1);
      for (int j : groups.get(g)) {
        if (j >= k) {
          throw new IllegalArgumentException(
              "class " + j + " in " + groups + ": the host has " + k + " classes");
        }
        others[j] = 0;
      }
      Var not = Var.constant(Tensor.wrap(Shape.of(1, k), others)).broadcastTo(logits.shape());
      scores[g] =
          not.where(Float.NEGATIVE_INFINITY, logits).logSumExp().reshape(logits.shape().dim(0), 1);
    }
    return Var.concat(1, scores);
  }
}
