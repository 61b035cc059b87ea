package dev.bagel.bench.duel;

import java.util.function.Supplier;

/**
 * Something that both sides of a duel must find equal before they are timed: of all elements at
 * most {@code share} may differ by more than {@code tolerance} times the largest magnitude.
 *
 * @param what for the message: scores, input gradients
 * @param tolerance relative to the largest magnitude among theirs
 * @param share 0 if all must agree; above 0 where a sign of something tiny decides
 */
public record Agreement(
    String what, double tolerance, double share, Supplier<float[]> ours, Supplier<float[]> theirs) {
  /** All elements agree. */
  public static Agreement of(
      String what, double tolerance, Supplier<float[]> ours, Supplier<float[]> theirs) {
    return new Agreement(what, tolerance, 0, ours, theirs);
  }

  /**
   * Computes both and compares them.
   *
   * @throws Disagreement if they differ by more than is tolerated
   */
  public void check() {
    float[] a = ours.get();
    float[] b = theirs.get();
    if (a.length != b.length) {
      throw new Disagreement("%s: %d numbers, and %d of the rival", what, a.length, b.length);
    }
    double largest = 0;
    for (float v : b) {
      largest = Math.max(largest, Math.abs(v));
    }
    int different = 0;
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      worst = Math.max(worst, difference);
      different += difference <= tolerance * largest ? 0 : 1; // a NaN differs
    }
    if (different > share * a.length || largest == 0) {
      throw new Disagreement(
          "%s: %d of %d numbers differ by more than %.0e of the largest (%.3g), the worst by %.3g",
          what, different, a.length, tolerance, largest, worst);
    }
  }
}
