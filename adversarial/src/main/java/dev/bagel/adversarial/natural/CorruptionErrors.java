package dev.bagel.adversarial.natural;

import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How often a model errs on corrupted pictures: Hendrycks and Dietterich 2019, §4.
 *
 * @param clean its error on the pictures as they are
 * @param errors its error for every corruption, from severity 1 to 5
 */
public record CorruptionErrors(double clean, Map<Corruption, double[]> errors) {
  private static final int BATCH = 256;

  /** Checks that nothing is missing and keeps copies. */
  public CorruptionErrors {
    Map<Corruption, double[]> copy = new EnumMap<>(Corruption.class);
    for (Corruption c : Corruption.values()) {
      double[] e = errors.get(c);
      if (e == null || e.length != Corruption.SEVERITIES) {
        throw new IllegalArgumentException(
            c.label() + " needs an error for each of " + Corruption.SEVERITIES + " severities");
      }
      copy.put(c, e.clone());
    }
    errors = copy;
  }

  /**
   * Measures a model.
   *
   * @param data pictures; example i is corrupted by stream i of {@code rng}
   * @throws dev.bagel.adversarial.AttackException if these are no pictures, or a score is NaN
   */
  public static CorruptionErrors of(Classifier f, Dataset data, Rng rng, Progress progress) {
    int kinds = Corruption.values().length;
    double clean = 0;
    Map<Corruption, double[]> errors = new EnumMap<>(Corruption.class);
    for (Corruption c : Corruption.values()) {
      errors.put(c, new double[Corruption.SEVERITIES]);
    }
    for (int from = 0; from < data.size(); from += BATCH) {
      int[] rows = IntStream.range(from, Math.min(data.size(), from + BATCH)).toArray();
      Batch batch = data.batch(rows);
      Seeds seeds = new Seeds(rng, rows);
      clean += wrong(Decision.of(f, batch.x()), batch.labels());
      long before = (long) from * kinds;
      for (Corruption c : Corruption.values()) {
        for (int s = 1; s <= Corruption.SEVERITIES; s++) {
          int[] said = Decision.of(f, c.apply(batch.x(), s, f.bounds(), seeds));
          errors.get(c)[s - 1] += (double) wrong(said, batch.labels()) / data.size();
        }
        before += rows.length;
        progress.at(before, (long) data.size() * kinds, c.label());
      }
    }
    return new CorruptionErrors(data.size() == 0 ? 0 : clean / data.size(), errors);
  }

  private static int wrong(int[] said, int... labels) {
    return (int) IntStream.range(0, said.length).filter(i -> said[i] != labels[i]).count();
  }

  /** The error at one severity. */
  public double at(Corruption c, int severity) {
    return errors.get(c)[severity - 1];
  }

  /** The mean error over the severities. */
  public double mean(Corruption c) {
    return Arrays.stream(errors.get(c)).average().orElseThrow();
  }

  /** The mean error over all corruptions and severities. */
  public double mean() {
    return Arrays.stream(Corruption.values()).mapToDouble(this::mean).average().orElseThrow();
  }

  /** CE_c = Σₛ E(this) / Σₛ E(baseline); 1 if they err alike. */
  public double relativeTo(CorruptionErrors baseline, Corruption c) {
    return ratio(mean(c), baseline.mean(c), "errors of the baseline on " + c.label());
  }

  /** mCE, the mean of CE_c over all corruptions: 1, or 100 %, for the baseline itself. */
  public double mce(CorruptionErrors baseline) {
    return Arrays.stream(Corruption.values())
        .mapToDouble(c -> relativeTo(baseline, c))
        .average()
        .orElseThrow();
  }

  /**
   * Relative mCE: the same of what corruption adds to the clean error, Σₛ (E(this) − clean) / Σₛ
   * (E(baseline) − clean).
   */
  public double relativeMce(CorruptionErrors baseline) {
    return Arrays.stream(Corruption.values())
        .mapToDouble(
            c ->
                ratio(
                    mean(c) - clean,
                    baseline.mean(c) - baseline.clean,
                    "harm to the baseline by " + c.label()))
        .average()
        .orElseThrow();
  }

  /** 0 / 0 is 1: neither errs. */
  private static double ratio(double a, double b, String what) {
    if (b == 0 && a != 0) {
      throw new IllegalArgumentException(
          "no " + what + ": take a weaker baseline, or more pictures");
    }
    return b == 0 ? 1 : a / b;
  }
}
