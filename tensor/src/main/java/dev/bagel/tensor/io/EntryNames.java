package dev.bagel.tensor.io;

import java.util.Optional;

/**
 * What a name inside a file may be: of an array in an archive, of a tensor in a checkpoint.
 *
 * <p>Names are printed, compared and sometimes become paths, so those that could deceive at any of
 * these are refused when a file is read and when it is written: control and bidirectional
 * characters, lone surrogates, {@code ..} segments, absolute paths, backslashes.
 */
public final class EntryNames {
  /** The longest name, in UTF-16 units. */
  public static final int LONGEST = 1024;

  private EntryNames() {}

  /** What is wrong with {@code name}, if anything is. */
  public static Optional<String> flaw(String name) {
    if (name.isEmpty()) {
      return Optional.of("an empty name");
    }
    if (name.length() > LONGEST) {
      return Optional.of("a name of " + name.length() + " characters");
    }
    int[] hidden = name.codePoints().filter(c -> !isPrintable(c)).limit(1).toArray();
    if (hidden.length > 0) {
      return Optional.of("a control, formatting or malformed character in the name '" + name + "'");
    }
    if (name.startsWith("/") || name.indexOf('\\') >= 0 || hasParentSegment(name)) {
      return Optional.of("the name '" + name + "', which points out of its folder");
    }
    return Optional.empty();
  }

  /** Whether {@code codePoint} can be printed without changing what stands around it. */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static boolean hasParentSegment(String name) {
    return ("/" + name + "/").contains("/../");
  }
}
