package dev.bagel.nn.data;

import dev.bagel.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * In which order a training run reads its examples: every example once per epoch, shuffled.
 *
 * <p>The order of epoch e is {@code rng.at("shuffle").at(e).permutation(examples)}, a function of
 * the seed and the epoch. So a run that is resumed at epoch e, step s reads what it would have
 * read.
 *
 * @param examples how many examples there are
 * @param size how many of them make a batch; the last one of an epoch has what is left
 * @param rng the run's stream
 */
public record Batches(int examples, int size, Rng rng) {
  /** Checks the numbers. */
  public Batches {
    if (examples < 1 || size < 1) {
      throw new IllegalArgumentException(
          "batches of " + size + " from " + examples + " examples: both must be at least 1");
    }
  }

  /** The number of batches in an epoch. */
  public int perEpoch() {
    return (examples - 1) / size + 1;
  }

  /** The rows of each batch of an epoch, in order. */
  public List<int[]> epoch(int epoch) {
    int[] order = rng.at("shuffle").at(epoch).permutation(examples);
    List<int[]> batches = new ArrayList<>(perEpoch());
    for (int from = 0; from < examples; from += size) {
      batches.add(Arrays.copyOfRange(order, from, from + Math.min(size, examples - from)));
      if (examples - from <= size) {
        break; // before the sum could overflow
      }
    }
    return batches;
  }
}
