package dev.bagel.nn.data;

import dev.bagel.tensor.Tensor;

/**
 * A few examples side by side.
 *
 * @param x the examples, [N, …]
 * @param labels the class of each, [N]
 */
public record Batch(Tensor x, int[] labels) {
  /** Checks that there are as many labels as examples. */
  public Batch {
    if (x.shape().rank() == 0 || x.shape().dim(0) != labels.length) {
      throw new IllegalArgumentException(
          "a batch of shape " + x.shape() + " with " + labels.length + " labels");
    }
  }

  public int size() {
    return labels.length;
  }

  @Override
  public String toString() {
    return "Batch " + x.shape();
  }
}
