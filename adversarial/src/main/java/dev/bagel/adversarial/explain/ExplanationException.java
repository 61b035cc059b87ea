package dev.bagel.adversarial.explain;

/** A model cannot be explained in this way; the message says what is missing, and what is there. */
public final class ExplanationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ExplanationException(String message) {
    super(message);
  }
}
