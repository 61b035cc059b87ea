package dev.bagel.nn;

import java.util.Locale;
import java.util.function.Supplier;

/** Hears what a training run does. */
public interface Callback {
  /**
   * After every step.
   *
   * @param done steps done so far, over all epochs
   * @param total steps of the whole run
   * @param loss the objective on the step's batch
   */
  default void step(long done, long total, double loss) {}

  /**
   * After every epoch.
   *
   * @param model the model as it is now; made when asked for
   * @return whether to go on
   */
  default boolean epoch(Epoch epoch, Supplier<Model> model) {
    return true;
  }

  /** Reports steps to a progress bar. */
  static Callback progress(Progress progress) {
    return new Callback() {
      @Override
      public void step(long done, long total, double loss) {
        progress.at(done, total, String.format(Locale.ROOT, "training, loss %.4f", loss));
      }
    };
  }
}
