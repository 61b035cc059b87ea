package dev.bagel.nn.data;

import dev.bagel.tensor.io.FormatException;
import java.util.Arrays;
import java.util.List;

/** What every kind of data set asks of its labels and its shapes. */
final class Labels {
  private Labels() {}

  /** Names for classes that have none: "0", "1", …. */
  static List<String> numbered(int classes) {
    String[] names = new String[classes];
    Arrays.setAll(names, String::valueOf);
    return List.of(names);
  }

  /** Refuses labels outside 0 … classes − 1 in a file. */
  static void check(int[] labels, int classes, String source) throws FormatException {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw FormatException.of(
            source,
            "example " + i,
            "the label " + labels[i],
            "labels go from 0 to " + (classes - 1));
      }
    }
  }

  /** Refuses labels that a program passed and that name no class. */
  static void check(int[] labels, int size, List<String> classNames) {
    if (labels.length != size) {
      throw new IllegalArgumentException(size + " examples and " + labels.length + " labels");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new IllegalArgumentException(
            "label "
                + labels[i]
                + " of example "
                + i
                + ": there are "
                + classNames.size()
                + " classes");
      }
    }
  }
}
