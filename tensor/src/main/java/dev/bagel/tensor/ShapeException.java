package dev.bagel.tensor;

import java.util.Locale;

/** Shapes that do not fit together; the message names the operation, both shapes and the axis. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String format, Object... arguments) {
    super(String.format(Locale.ROOT, format, arguments));
  }
}
