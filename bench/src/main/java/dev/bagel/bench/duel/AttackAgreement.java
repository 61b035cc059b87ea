package dev.bagel.bench.duel;

import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.Tensor;
import java.util.function.Supplier;

/**
 * What two attacks on one network agree on. Two kinks limit it: a relu that one side finds just
 * above 0 and the other just below changes the gradient of its image a little everywhere, and a
 * gradient next to 0 sends its pixel the other way.
 */
public final class AttackAgreement {
  private AttackAgreement() {}

  /** The gradients of the loss at the images: but for two images in 32, to 10⁻³ of the largest. */
  public static Agreement gradients(Workload work, Supplier<float[]> theirs) {
    return new Agreement(
        "input gradients",
        1e-3,
        2 / 32.0,
        () -> work.model().gradients(work.images(), work.labels()).toArray(),
        theirs);
  }

  /** The images after one step: but for 5 ‰ of the pixels. */
  public static Agreement moved(Workload work, Supplier<float[]> theirs) {
    return new Agreement(
        "images after a step", 1e-4, 0.005, () -> work.attacked(1).toArray(), theirs);
  }

  /** The cross-entropy after all steps, in which the pixels that went their own way do not show. */
  public static Agreement reached(Workload work, Supplier<float[]> theirs) {
    return Agreement.of(
        "cross-entropy after the attack",
        0.01,
        () -> loss(work, work.attacked(Workload.STEPS)),
        () -> loss(work, Tensor.of(work.images().shape(), theirs.get())));
  }

  private static float[] loss(Workload work, Tensor x) {
    return new float[] {(float) work.loss(x)};
  }
}
