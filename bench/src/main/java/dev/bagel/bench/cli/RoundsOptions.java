package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Rounds;
import java.util.List;
import picocli.CommandLine.Option;

/** How duels are fought. */
final class RoundsOptions {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "11",
      description = "Rounds of each side (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "2",
      description = "Seconds of work of each side before them (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  Rounds rounds() {
    if (rounds < 1 || !(warmUp >= 0)) {
      throw new WrongUse(
          "--rounds " + rounds + " --warm-up " + warmUp + ": at least 1 round and 0 seconds");
    }
    return new Rounds(rounds, Rounds.USUAL.seconds(), warmUp, Rounds.USUAL.budget());
  }

  /** The same for another JVM, checked. */
  List<String> arguments() {
    Rounds r = rounds();
    return List.of("--rounds", String.valueOf(r.count()), "--warm-up", String.valueOf(r.warmUp()));
  }
}
