package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long an evaluation may go on. It comes with the classifier that an attack is handed, and
 * every loop that asks a model looks at it ({@link #isOver}): then the loop ends as if it had come
 * to its end, and what it has found by then is the result. The outcome says how it {@link Ending
 * ended}.
 *
 * @param time how long, from the beginning of the attack on; null for ever
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

  /**
   * Whether the limit is reached under which an attack has this classifier; never, if there is
   * none. An attack of one's own that does not ask ends with its batch.
   */
  public static boolean isOver(Classifier f) {
    return f instanceof Limited limited && limited.isOver();
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
