package dev.bagel.adversarial;

import dev.bagel.tensor.Rng;
import java.util.Arrays;

/**
 * The randomness of a batch: one stream for each example, which depends on the example and not on
 * the batch that it came in.
 *
 * @param rng the stream of the experiment
 * @param examples the number of each example in its data set, [N]
 */
public record Seeds(Rng rng, int[] examples) {
  /** Streams for examples 0 … n−1. */
  public static Seeds of(long seed, int n) {
    int[] examples = new int[n];
    Arrays.setAll(examples, i -> i);
    return new Seeds(Rng.of(seed), examples);
  }

  /** The stream of the i-th example of the batch. */
  public Rng example(int i) {
    return rng.at(examples[i]);
  }

  /** The same examples with streams of another purpose. */
  public Seeds at(String purpose) {
    return new Seeds(rng.at(purpose), examples);
  }

  /** The same examples with streams of another number, a restart say. */
  public Seeds at(long index) {
    return new Seeds(rng.at(index), examples);
  }

  /** Some of the examples. */
  public Seeds rows(int... which) {
    return new Seeds(rng, Arrays.stream(which).map(i -> examples[i]).toArray());
  }

  public int size() {
    return examples.length;
  }

  @Override
  public String toString() {
    return "Seeds[" + rng + ", " + examples.length + " examples]";
  }
}
