package dev.bagel.adversarial.cli;

import java.util.Arrays;
import java.util.Locale;

/** What an attacker must know of a model: each kind is content with less than the one before. */
enum Knowledge {
  /** Its weights, and so its gradients. */
  WHITE_BOX,
  /** The scores of inputs that it is shown. */
  SCORES,
  /** Its decisions about inputs that it is shown. */
  DECISIONS,
  /** Nothing at all. */
  NOTHING;

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Knowledge named(String label) {
    return Arrays.stream(values())
        .filter(k -> k.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongUse(
                    "unknown knowledge '" + label + "'",
                    "--knowledge",
                    "one of "
                        + String.join(
                            ", ", Arrays.stream(values()).map(Knowledge::label).toList())));
  }
}
