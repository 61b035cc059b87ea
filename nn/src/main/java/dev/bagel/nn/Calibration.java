package dev.bagel.nn;

import java.util.List;

/**
 * How confidence and accuracy agree: a reliability diagram as numbers.
 *
 * <p>Examples fall into bins of equal width by their confidence, the probability of the predicted
 * class; bin m of M holds those in ((m − 1)/M, m/M]. Guo et al. 2017, "On calibration of modern
 * neural networks", §2.
 *
 * @param bins from confidence 0 to 1; those of a perfectly calibrated model have accuracy =
 *     confidence
 */
public record Calibration(List<Bin> bins) {
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * The examples of one range of confidence.
   *
   * @param low confidence above which the bin begins
   * @param high confidence at which it ends
   * @param count how many examples
   * @param accuracy the share of them that is right: acc(Bₘ); NaN if there are none
   * @param confidence their mean confidence: conf(Bₘ); NaN if there are none
   */
  public record Bin(double low, double high, int count, double accuracy, double confidence) {
    /** |acc(Bₘ) − conf(Bₘ)|; 0 for a bin without examples. */
    public double gap() {
      return count == 0 ? 0 : Math.abs(accuracy - confidence);
    }
  }

  /** The expected calibration error Σₘ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|: Guo et al. 2017, Eq. (3). */
  public double expectedError() {
    double sum = 0;
    long n = 0;
    for (Bin b : bins) {
      sum += b.count * b.gap();
      n += b.count;
    }
    return n == 0 ? 0 : sum / n;
  }

  /** The maximum calibration error maxₘ |acc(Bₘ) − conf(Bₘ)|: Guo et al. 2017, Eq. (5). */
  public double largestError() {
    return bins.stream().mapToDouble(Bin::gap).max().orElse(0);
  }

  static Calibration of(Scores scores, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("calibration in " + count + " bins: at least 1");
    }
    int[] n = new int[count];
    int[] right = new int[count];
    double[] sum = new double[count];
    int[] predictions = scores.predictions();
    double[] confidence = scores.confidences();
    for (int i = 0; i < predictions.length; i++) {
      int m = (int) Math.ceil(confidence[i] * count) - 1;
      m = Math.max(0, Math.min(count - 1, m)); // rounding at the ends
      n[m]++;
      sum[m] += confidence[i];
      if (predictions[i] == scores.label(i)) {
        right[m]++;
      }
    }
    Bin[] bins = new Bin[count];
    for (int m = 0; m < count; m++) {
      double low = (double) m / count;
      double high = (m + 1.0) / count;
      bins[m] = new Bin(low, high, n[m], (double) right[m] / n[m], sum[m] / n[m]);
    }
    return new Calibration(List.of(bins));
  }
}
