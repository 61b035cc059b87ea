package dev.bagel.nn;

/** Training cannot go on; the message says at which step, why, and what may help. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
