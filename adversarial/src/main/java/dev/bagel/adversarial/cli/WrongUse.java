package dev.bagel.adversarial.cli;

/** What the user asked for cannot be done as it was asked: one line, exit code 2. */
final class WrongUse extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The line {@code WHAT, WHERE; FIX}.
   *
   * @param what what is wrong, with the value that was found
   * @param where the option or the file
   * @param fix what to do instead
   */
  WrongUse(String what, String where, String fix) {
    super(what + ", " + where + "; " + fix);
  }
}
