package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A differentiable function from a batch of inputs to one score per class, with the range of its
 * inputs: all that an attack may see of a model.
 */
public interface Classifier {
  /** [N, …] → [N, K], before any softmax. */
  Var logits(Var x);

  /** The range of valid inputs. */
  Bounds bounds();

  /** What was planned for this function: the same object each time. */
  Plans plans();

  /** The scores of any number of inputs, computed in batches: [N, …] → [N, K]. */
  default Tensor scores(Tensor x) {
    return Inference.scores(this, x);
  }

  /** The class with the largest score, for every input. */
  default int[] predict(Tensor x) {
    return scores(x).argmax();
  }

  /**
   * ∂/∂x of the cross-entropy with these labels, summed over the inputs, so that each input has its
   * own gradient: [N, …] → [N, …].
   */
  default Tensor gradients(Tensor x, int... labels) {
    return Inference.gradients(this, x, labels);
  }

  /** Any function as a classifier, for models that are not made of layers. */
  static Classifier of(UnaryOperator<Var> logits, Bounds bounds) {
    return new Function(logits, bounds, new Plans());
  }

  /** A function that somebody wrote down. */
  record Function(UnaryOperator<Var> f, Bounds bounds, Plans plans) implements Classifier {
    @Override
    public Var logits(Var x) {
      return f.apply(x);
    }
  }
}
