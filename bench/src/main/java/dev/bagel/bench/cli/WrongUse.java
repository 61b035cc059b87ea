package dev.bagel.bench.cli;

/** What was asked for cannot be done as it was asked: one line, exit code 2. */
final class WrongUse extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongUse(String what) {
    super(what);
  }
}
