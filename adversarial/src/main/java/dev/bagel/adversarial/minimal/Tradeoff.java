package dev.bagel.adversarial.minimal;

/**
 * The search for the constant c between distance and success: the smallest one that succeeds gives
 * the nearest point. It grows tenfold until one succeeds, and is halved between success and failure
 * from then on. Carlini and Wagner 2017, §V.B and their code.
 */
final class Tradeoff {
  private static final double GROWTH = 10;
  private static final double LARGEST = 1e10;

  private double low;
  private double high = LARGEST;
  private double c;

  Tradeoff(double first) {
    c = first;
  }

  double c() {
    return c;
  }

  /** What became of c; the next one is set. */
  void tried(boolean success) {
    if (success) {
      high = Math.min(high, c);
    } else {
      low = Math.max(low, c);
    }
    c = high < LARGEST ? (low + high) / 2 : c * GROWTH;
  }
}
