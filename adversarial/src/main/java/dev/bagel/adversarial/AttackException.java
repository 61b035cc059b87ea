package dev.bagel.adversarial;

/** An attack cannot run; the message says which, why, and what to do. */
public final class AttackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AttackException(String message) {
    super(message);
  }
}
