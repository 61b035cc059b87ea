package dev.bagel.adversarial;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long an evaluation may go on. It is looked at whenever an attack asks the model something, so
 * that any attack ends soon after; what was found until then is kept, and the outcome says how it
 * {@link Ending ended}.
 *
 * @param time how long, from the first question on; null for ever
 * @param cancelled asked again and again; true ends it
 */
public record Limit(Duration time, BooleanSupplier cancelled) {
  /** No limit but the interruption of the thread. */
  public static final Limit NONE = new Limit(null, () -> false);

  public Limit {
    if (time != null && time.isNegative()) {
      throw new IllegalArgumentException("a time budget of " + time + ": it is from 0 on");
    }
  }

  /** A time budget. */
  public static Limit of(Duration time) {
    return new Limit(time, () -> false);
  }

  /** Until somebody says so, from another thread say. */
  public static Limit until(BooleanSupplier cancelled) {
    return new Limit(null, cancelled);
  }

  /** How an evaluation ended. */
  public enum Ending {
    /** Everything was done. */
    COMPLETE,
    /** The time was over. */
    OUT_OF_TIME,
    /** Somebody cancelled it, or interrupted its thread, which stays interrupted. */
    CANCELLED
  }
}
