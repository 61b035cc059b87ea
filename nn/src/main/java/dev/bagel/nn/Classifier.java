package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.function.BinaryOperator;
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

  /** Any function of x alone as a classifier, for models that are not made of layers. */
  static Classifier of(UnaryOperator<Var> logits, Bounds bounds) {
    return new Function(logits, bounds, new Plans());
  }

  /**
   * A function that draws noise anew in every pass: a randomised defence, dropout that stays on.
   * What {@link #of} draws by itself would be drawn once, when a plan is made, and stay.
   *
   * <pre>{@code
   * Classifier.random(
   *     (x, key) -> net.logits(x.add(Fn.gaussian(key, "noise", x.shape()).mul(0.1f))), bounds, rng);
   * }</pre>
   *
   * @param logits from inputs, [N, …], and a key to draw from, [4], that is another one in every
   *     pass, eager or planned: see {@link dev.bagel.autodiff.Fn#gaussian}
   * @param rng the stream of the keys, in the order of the passes
   */
  static Classifier random(BinaryOperator<Var> logits, Bounds bounds, Rng rng) {
    return new Randomised(logits, bounds, rng);
  }

  /** A function that somebody wrote down. */
  record Function(UnaryOperator<Var> f, Bounds bounds, Plans plans) implements Classifier {
    @Override
    public Var logits(Var x) {
      return f.apply(x);
    }
  }
}
