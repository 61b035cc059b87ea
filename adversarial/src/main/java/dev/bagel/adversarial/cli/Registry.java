package dev.bagel.adversarial.cli;

import java.util.List;
import java.util.stream.Stream;

/**
 * The attacks by the names that people know them by. Names are for the command line: in Java an
 * attack is a value. To add one, add its line to the list that it belongs to; a test finds attacks
 * that have none.
 */
final class Registry {
  static final List<AttackEntry> ALL =
      Stream.of(GradientAttacks.ALL, Ensemble.ALL, NearestAttacks.ALL, AskingAttacks.ALL)
          .flatMap(List::stream)
          .toList();

  private Registry() {}

  /** The attack of this name. */
  static AttackEntry named(String name) {
    return ALL.stream()
        .filter(a -> a.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongUse(
                    "unknown attack '" + name + "'", "--attack", "'bagel attacks' lists them"));
  }
}
