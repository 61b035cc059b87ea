package dev.bagel.adversarial.universal;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;

/**
 * A frame that makes a model do another task on the small picture in its middle: Elsayed et al.
 * 2019, "Adversarial reprogramming of neural networks".
 *
 * @param frame what is shown around the task's pictures, [C, H, W]; in the middle it does not
 *     matter
 * @param inner the task's pictures, [1 or C, h, w]
 * @param mapping what the model's classes then mean
 */
public record Program(Tensor frame, Shape inner, LabelMapping mapping) {
  public Program {
    Shape s = frame.shape();
    if (s.rank() != 3
        || inner.rank() != 3
        || (inner.dim(0) != 1 && inner.dim(0) != s.dim(0))
        || inner.dim(1) > s.dim(1)
        || inner.dim(2) > s.dim(2)) {
      throw new ShapeException("pictures %s within a frame %s: they do not fit", inner, s);
    }
  }

  /** The model as a classifier of the task's pictures [N, …]; nothing of it is changed. */
  public Classifier on(Classifier host) {
    return Classifier.of(
        x -> mapping.apply(host.logits(shown(x, Var.constant(frame), inner))), host.bounds());
  }

  /** What the model sees: [N, …] → [N, C, H, W]. */
  public Tensor shown(Tensor x) {
    return shown(Var.constant(x), Var.constant(frame), inner).value();
  }

  /** The pictures in the middle, of a half pixel's choice up and left; X̃ + P of Eq. (2). */
  static Var shown(Var x, Var frame, Shape inner) {
    int n = x.shape().dim(0);
    Shape outer = frame.shape();
    int top = (outer.dim(1) - inner.dim(1)) / 2;
    int left = (outer.dim(2) - inner.dim(2)) / 2;
    int[] before = {0, 0, top, left};
    int[] after = {0, 0, outer.dim(1) - inner.dim(1) - top, outer.dim(2) - inner.dim(2) - left};
    Var pictures = x.reshape(Shape.of(n).concat(inner)).pad(before, after);
    Var hole = Var.constant(Tensor.full(Shape.of(1).concat(inner), 1)).pad(before, after);
    return pictures.add(hole.neg().add(1).mul(frame));
  }

  /** tanh within bounds: the whole line of numbers to valid inputs. */
  static Var squashed(Var w, Bounds bounds) {
    float half = (float) bounds.width() / 2;
    return w.tanh().mul(half).add(bounds.low() + half);
  }
}
