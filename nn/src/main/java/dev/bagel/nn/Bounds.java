package dev.bagel.nn;

import dev.bagel.tensor.Tensor;

/**
 * The range of valid inputs of a model, such as 0 … 1 for pixels. It belongs to the model, so that
 * ε always means input units and no attack assumes a range of its own.
 */
public record Bounds(float low, float high) {
  /** 0 … 1. */
  public static final Bounds UNIT = new Bounds(0, 1);

  /** All numbers: an input that has no range. */
  public static final Bounds NONE = new Bounds(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  public Bounds {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "bounds " + low + " … " + high + ": low must be below high");
    }
  }

  /** How wide the range is; infinite where a side is open. */
  public double width() {
    return (double) high - low;
  }

  /** Whether there is a range: neither side is open. */
  public boolean isClosed() {
    return !Double.isInfinite(width());
  }

  /** The nearest valid input. */
  public Tensor clip(Tensor x) {
    return x.clamp(low, high);
  }

  /**
   * Refuses an input with an element that is NaN or outside.
   *
   * @throws IllegalArgumentException naming the first such element and its place
   */
  public void check(Tensor x) {
    for (int i = 0; i < x.size(); i++) {
      float v = x.get(i);
      if (!(v >= low && v <= high)) {
        throw new IllegalArgumentException(
            "input element "
                + i
                + " is "
                + v
                + ", outside the model's bounds "
                + this
                + ": scale the input, or give the model other bounds");
      }
    }
  }

  @Override
  public String toString() {
    return low + " … " + high;
  }
}
