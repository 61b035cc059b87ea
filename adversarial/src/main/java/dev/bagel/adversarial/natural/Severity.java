package dev.bagel.adversarial.natural;

/**
 * How strong a corruption is, and for pictures of which size.
 *
 * @param level from 1 to 5
 * @param small whether the numbers are those for 32 × 32 pixels, or those for 224 × 224
 */
record Severity(int level, boolean small) {
  private static final int SMALL = 64;

  Severity {
    if (level < 1 || level > Corruption.SEVERITIES) {
      throw new IllegalArgumentException("severity " + level + ": from 1 to 5");
    }
  }

  static Severity of(int level, int height, int width) {
    return new Severity(level, Math.min(height, width) <= SMALL);
  }

  double of(double[] forSmall, double[] forLarge) {
    return (small ? forSmall : forLarge)[level - 1];
  }

  double[] of(double[][] forSmall, double[][] forLarge) {
    return (small ? forSmall : forLarge)[level - 1];
  }
}
