package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Cost;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.Optional;

/** Remembers the batches that are done, so that a run that was killed can go on. */
public interface Journal {
  /** Remembers nothing. */
  Journal NONE =
      new Journal() {
        @Override
        public Optional<Entry> recalled(String leg, int from) {
          return Optional.empty();
        }

        @Override
        public void note(String leg, int from, Entry entry) {}
      };

  /**
   * What came out for a batch.
   *
   * @param predicted what the model says of every perturbed input
   * @param distance how far away each is
   * @param fooled which inputs the model is wrong on now
   * @param x the perturbed inputs of those, in order
   * @param seconds how long it took
   */
  record Entry(
      int[] predicted, double[] distance, boolean[] fooled, Tensor x, Cost cost, double seconds) {}

  /** The batch of a leg that begins at this row, if it was noted. */
  Optional<Entry> recalled(String leg, int from) throws IOException;

  /** Remembers a batch; it must survive the end of the process. */
  void note(String leg, int from, Entry entry) throws IOException;
}
