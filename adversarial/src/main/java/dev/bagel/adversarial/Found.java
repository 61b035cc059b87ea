package dev.bagel.adversarial;

import dev.bagel.tensor.Tensor;

/**
 * What an attack found.
 *
 * @param x the perturbed batch, valid inputs
 * @param success for which examples the attack believes to have reached its goal; {@link
 *     Evaluation} looks for itself
 * @param cost what it asked of the model
 */
public record Found(Tensor x, boolean[] success, Cost cost) {
  /** The examples for which the goal was not reached. */
  public int[] survivors() {
    return java.util.stream.IntStream.range(0, success.length)
        .filter(i -> !success[i])
        .toArray();
  }

  /** The share of examples for which the goal was reached. */
  public double rate() {
    return success.length == 0 ? 0 : 1 - (double) survivors().length / success.length;
  }
}
