package dev.bagel.adversarial.tour;

import dev.bagel.nn.Scores;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a net says of one image.
 *
 * @param predicted the number of the class with the largest score
 * @param name what that class is called
 * @param confidence its softmax probability
 */
public record Verdict(int predicted, String name, double confidence) {
  static Verdict of(double[] probabilities, List<String> classNames) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      if (probabilities[k] > probabilities[best]) {
        best = k;
      }
    }
    return new Verdict(best, classNames.get(best), probabilities[best]);
  }

  /** Softmax in double: [N, K] → N rows. */
  static double[][] probabilities(Tensor logits) {
    int n = logits.shape().dim(0);
    Scores scores = new Scores(logits, new int[n]); // no label is looked at
    return IntStream.range(0, n).mapToObj(scores::probabilities).toArray(double[][]::new);
  }
}
