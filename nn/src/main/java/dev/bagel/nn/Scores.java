package dev.bagel.nn;

import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * What a classifier said about labelled examples, and how good that was.
 *
 * <p>Every metric is a method; probabilities are the softmax of the logits, in double. Where two
 * classes have the same score, the one with the lower number is predicted.
 *
 * @param logits [N, K], all finite
 * @param labels the true class of each example, [N], in 0 … K−1
 */
public record Scores(Tensor logits, int[] labels) {
  private static final int BATCH = 512; // a multiple of what Classifier.scores takes at once
  private static final int BINS = 15; // Guo et al. 2017, §4

  /**
   * Checks the numbers and takes a copy of the labels.
   *
   * @throws NotFiniteException if a logit is NaN or infinite
   */
  public Scores {
    labels = labels.clone();
    Shape s = logits.shape();
    if (s.rank() != 2 || s.dim(0) != labels.length || s.size() == 0) {
      throw new ShapeException(
          "scores of %d labels from logits %s: [N, K] with N = %d and at least one of each",
          labels.length, s, labels.length);
    }
    int k = s.dim(1);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= k) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " of example " + i + ": there are classes 0 … " + (k - 1));
      }
    }
    int bad = logits.firstNotFinite();
    if (bad >= 0) {
      throw new NotFiniteException(
          "the logit of example "
              + bad / k
              + " for class "
              + bad % k
              + " is "
              + logits.get(bad)
              + ": nothing can be scored");
    }
  }

  /** One number of each kind for one class, or for all. */
  public record Quality(double precision, double recall, double f1) {}

  /**
   * Everything that {@code f} says about a data set, batch by batch.
   *
   * @param progress hears how many examples are done
   * @throws NotFiniteException if a logit is NaN or infinite
   */
  public static Scores of(Classifier f, Dataset data, Progress progress) {
    if (data.size() == 0) {
      throw new IllegalArgumentException("scores of " + data.name() + ": it has no examples");
    }
    List<Tensor> parts = new ArrayList<>();
    String what = "scoring " + data.name();
    for (int from = 0; from < data.size(); from += BATCH) {
      progress.at(from, data.size(), what);
      int to = Math.min(data.size(), from + BATCH);
      parts.add(f.scores(data.batch(IntStream.range(from, to).toArray()).x()));
    }
    progress.at(data.size(), data.size(), what);
    Tensor[] rest = parts.subList(1, parts.size()).toArray(Tensor[]::new);
    return new Scores(Tensor.stack(parts.get(0), rest), data.labels());
  }

  /** The same without anybody who listens. */
  public static Scores of(Classifier f, Dataset data) {
    return of(f, data, Progress.NONE);
  }

  /** The number of examples. */
  public int size() {
    return labels.length;
  }

  /** The number of classes. */
  public int classes() {
    return logits.shape().dim(1);
  }

  /** The true class of example {@code i}. */
  public int label(int i) {
    return labels[i];
  }

  /** The predicted class of each example, [N]. */
  public int[] predictions() {
    return logits.argmax();
  }

  /** The number of examples whose predicted class is the true one. */
  public int correct() {
    return within(1);
  }

  /** The share of examples whose predicted class is the true one. */
  public double accuracy() {
    return (double) correct() / size();
  }

  /** The share of examples whose true class is among the {@code k} with the largest scores. */
  public double accuracyWithin(int k) {
    if (k < 1 || k > classes()) {
      throw new IllegalArgumentException("the best " + k + " of " + classes() + " classes");
    }
    return (double) within(k) / size();
  }

  private int within(int k) {
    int count = 0;
    for (int i = 0; i < size(); i++) {
      int before = 0;
      for (int j = 0; j < classes(); j++) {
        float lead = logit(i, j) - logit(i, labels[i]);
        before += lead > 0 || (lead == 0 && j < labels[i]) ? 1 : 0;
      }
      count += before < k ? 1 : 0;
    }
    return count;
  }

  /** How many examples of each true class (row) were taken for each class (column): [K][K]. */
  public int[][] confusion() {
    int[][] counts = new int[classes()][classes()];
    int[] predictions = predictions();
    for (int i = 0; i < size(); i++) {
      counts[labels[i]][predictions[i]]++;
    }
    return counts;
  }

  /**
   * For every class: precision = TP / (TP + FP), recall = TP / (TP + FN), F₁ = 2 TP / (2 TP + FP +
   * FN). A ratio of nothing to nothing is 0, as in scikit-learn.
   */
  public List<Quality> perClass() {
    int[][] counts = confusion();
    List<Quality> all = new ArrayList<>();
    for (int c = 0; c < counts.length; c++) {
      long predicted = 0;
      long labelled = 0;
      for (int j = 0; j < counts.length; j++) {
        predicted += counts[j][c];
        labelled += counts[c][j];
      }
      long hit = counts[c][c];
      all.add(
          new Quality(
              (double) hit / Math.max(1, predicted),
              (double) hit / Math.max(1, labelled),
              2.0 * hit / Math.max(1, predicted + labelled)));
    }
    return all;
  }

  /** The averages over the classes, each counted once however many examples it has. */
  public Quality macro() {
    List<Quality> all = perClass();
    return new Quality(
        all.stream().mapToDouble(Quality::precision).average().orElseThrow(),
        all.stream().mapToDouble(Quality::recall).average().orElseThrow(),
        all.stream().mapToDouble(Quality::f1).average().orElseThrow());
  }

  /** The mean of −log p(true class): the cross-entropy. */
  public double negativeLogLikelihood() {
    double sum = 0;
    for (int i = 0; i < size(); i++) {
      sum += logSumExp(i) - logit(i, labels[i]);
    }
    return sum / size();
  }

  /** The probability of the predicted class, for each example: [N]. */
  public double[] confidences() {
    int[] predictions = predictions();
    double[] p = new double[size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logit(i, predictions[i]) - logSumExp(i));
    }
    return p;
  }

  /** The probability of every class for example {@code i}, [K]. */
  public double[] probabilities(int i) {
    double all = logSumExp(i);
    return IntStream.range(0, classes()).mapToDouble(j -> Math.exp(logit(i, j) - all)).toArray();
  }

  public double meanConfidence() {
    return Arrays.stream(confidences()).average().orElseThrow();
  }

  /** The mean confidence on the examples that are predicted wrongly; empty if there are none. */
  public OptionalDouble meanConfidenceOnErrors() {
    int[] predictions = predictions();
    double[] confidence = confidences();
    return IntStream.range(0, size())
        .filter(i -> predictions[i] != labels[i])
        .mapToDouble(i -> confidence[i])
        .average();
  }

  /** The reliability diagram, in 15 bins; see {@link Calibration#expectedError}. */
  public Calibration calibration() {
    return calibration(BINS);
  }

  /** The reliability diagram. */
  public Calibration calibration(int bins) {
    return Calibration.of(this, bins);
  }

  private float logit(int i, int j) {
    return logits.get(i * classes() + j);
  }

  private double logSumExp(int i) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes(); j++) {
      max = Math.max(max, logit(i, j));
    }
    double sum = 0;
    for (int j = 0; j < classes(); j++) {
      sum += Math.exp(logit(i, j) - max);
    }
    return max + Math.log(sum);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d examples, %d classes, accuracy %.4f, cross-entropy %.4f",
        size(),
        classes(),
        accuracy(),
        negativeLogLikelihood());
  }
}
