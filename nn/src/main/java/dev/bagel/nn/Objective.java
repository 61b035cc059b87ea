package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * What training makes small on one batch. Adversarial training is another objective, not another
 * trainer: it crafts inputs first, and then takes a step on them.
 *
 * <p>The loss is traced once for every batch size and replayed; what has to look at numbers, such
 * as an attack, belongs into {@link #craft}.
 */
public interface Objective {
  /**
   * Inputs that the loss needs beside the batch; by default the batch's own.
   *
   * @param frozen the network as it is now, in evaluation
   * @param rng randomness for this step, to be narrowed by {@code at(example)}
   */
  default Tensor craft(Classifier frozen, Batch batch, Rng rng) {
    return batch.x();
  }

  /**
   * The loss, a scalar.
   *
   * @param f the network in training, inputs [N, …] to scores [N, K]
   * @param x the batch's inputs
   * @param crafted what {@link #craft} made of them
   * @param labels [N]
   */
  Var loss(UnaryOperator<Var> f, Var x, Var crafted, Var labels);

  /** The mean cross-entropy. */
  static Objective crossEntropy() {
    return new CrossEntropy(0);
  }

  /** The mean cross-entropy with label smoothing. */
  static Objective crossEntropy(float smoothing) {
    return new CrossEntropy(smoothing);
  }

  /** The mean cross-entropy, with some of the mass spread over all classes. */
  record CrossEntropy(float smoothing) implements Objective {
    @Override
    public Var loss(UnaryOperator<Var> f, Var x, Var crafted, Var labels) {
      return Loss.crossEntropy(f.apply(x), labels, smoothing).mean();
    }
  }
}
