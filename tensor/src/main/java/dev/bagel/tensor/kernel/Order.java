package dev.bagel.tensor.kernel;

/**
 * Comparisons whose outcome is a number and not a branch: a branch that depends on random numbers
 * is mispredicted every other time, which takes ten times as long as the comparison.
 */
final class Order {
  private static final int ONE = Float.floatToRawIntBits(1);
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private Order() {}

  /** An integer for each number, in the same order: −0 is 0, and NaN the largest. */
  static int of(float x) {
    int bits = Float.floatToIntBits(x + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** All ones if a < b, else 0. */
  static int below(int a, int b) {
    return (int) (((long) a - b) >> 63);
  }

  /** 1 if x > 0, else 0. */
  static float step(float x) {
    int order = of(x);
    return Float.intBitsToFloat(below(0, order) & ~below(INFINITY, order) & ONE);
  }

  /** 1 if a ≥ b, else 0. */
  static float greaterEqual(float a, float b) {
    int order = of(a);
    return Float.intBitsToFloat(~below(order, of(b)) & ~below(INFINITY, order) & ONE);
  }

  /** a if m ≠ 0, else b. */
  static float select(float m, float a, float b) {
    int bits = Float.floatToRawIntBits(m) << 1; // without the sign
    int mask = (bits | -bits) >> 31;
    return Float.intBitsToFloat(
        (Float.floatToRawIntBits(a) & mask) | (Float.floatToRawIntBits(b) & ~mask));
  }
}
