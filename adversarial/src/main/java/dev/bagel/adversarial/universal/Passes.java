package dev.bagel.adversarial.universal;

import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batches;
import dev.bagel.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * The passes over data that learning consists of.
 *
 * @param examples how many there are
 * @param epochs how often each is seen
 * @param batch how many are seen together
 */
record Passes(int examples, int epochs, int batch) {
  /** One step on some rows of the data; returns the sum of the objective over them. */
  @FunctionalInterface
  interface Step {
    double take(int epoch, int... rows);
  }

  /** Takes all steps; returns the mean objective of each epoch. */
  List<Double> curve(Rng rng, Progress progress, String what, Step step) {
    Batches batches = new Batches(examples, batch, rng);
    List<Double> curve = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      double sum = 0;
      for (int[] rows : batches.epoch(epoch)) {
        sum += step.take(epoch, rows);
      }
      curve.add(sum / examples);
      progress.at(epoch + 1, epochs, what);
    }
    return curve;
  }

  /** Examples that a model was shown, in all passes. */
  long seen() {
    return (long) epochs * examples;
  }
}
