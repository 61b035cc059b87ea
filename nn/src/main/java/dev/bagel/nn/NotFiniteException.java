package dev.bagel.nn;

/** A number that has to be finite is NaN or infinite; the message says which one, and where. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  public NotFiniteException(String message) {
    super(message);
  }
}
