package dev.bagel.tensor.io;

import java.io.IOException;

/**
 * A file that is not what it claims to be: which file, what is wrong, where, and what to do, on one
 * line.
 *
 * <pre>
 * weights.npz: entry 0.weight.npy is encrypted, at byte 0; write the archive without a password
 * </pre>
 *
 * <p>It is the only exception, besides {@link IOException}s of the disk itself, that a reader of
 * this project throws for any input.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST = 400;

  private FormatException(String message) {
    super(message);
  }

  /**
   * The exception for something wrong at a named place.
   *
   * @param source the file, or the file and the entry in it
   * @param where the entry, the row or the key
   * @param what what is wrong, with the numbers
   * @param fix what to do about it
   */
  public static FormatException of(String source, String where, String what, String fix) {
    return new FormatException(
        oneLine(source) + ": " + oneLine(what) + ", at " + oneLine(where) + "; " + oneLine(fix));
  }

  /** The exception for something wrong at byte {@code offset} of {@code source}. */
  public static FormatException at(String source, long offset, String what, String fix) {
    return of(source, "byte " + offset, what, fix);
  }

  /** This exception, with what led to it. */
  public FormatException because(Throwable cause) {
    initCause(cause);
    return this;
  }

  // Names come out of hostile files: a line break or an escape sequence in one must not reach a
  // log.
  private static String oneLine(String s) {
    StringBuilder line = new StringBuilder(Math.min(s.length(), LONGEST));
    s.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (EntryNames.isPrintable(c)) {
                line.appendCodePoint(c);
              } else {
                line.append("\\u{").append(Integer.toHexString(c)).append('}');
              }
            });
    return s.length() > LONGEST ? line.append('…').toString() : line.toString();
  }
}
