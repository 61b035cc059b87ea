package dev.bagel.bench.cli;

/** The work could not be done, for a reason that a line can say: exit code 1. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String what) {
    super(what);
  }

  Failure(String what, Throwable cause) {
    super(what, cause);
  }
}
