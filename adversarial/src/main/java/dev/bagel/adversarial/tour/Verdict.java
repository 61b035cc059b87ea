package dev.bagel.adversarial.tour;

import dev.bagel.tensor.Tensor;
import java.util.List;

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
    int k = logits.shape().dim(1);
    double[][] p = new double[n][k];
    for (int i = 0; i < n; i++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < k; j++) {
        max = Math.max(max, logits.get(i * k + j));
      }
      double sum = 0;
      for (int j = 0; j < k; j++) {
        p[i][j] = Math.exp(logits.get(i * k + j) - max);
        sum += p[i][j];
      }
      for (int j = 0; j < k; j++) {
        p[i][j] /= sum;
      }
    }
    return p;
  }
}
