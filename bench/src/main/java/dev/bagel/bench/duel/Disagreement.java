package dev.bagel.bench.duel;

import java.util.Locale;

/** Two sides of a duel give different answers, so comparing their times would mean nothing. */
public final class Disagreement extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Disagreement(String format, Object... arguments) {
    super(String.format(Locale.ROOT, format, arguments));
  }
}
