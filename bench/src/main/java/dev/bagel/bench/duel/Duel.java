package dev.bagel.bench.duel;

import java.util.List;
import java.util.function.Supplier;

/**
 * The same work, done by Bagel and by a rival.
 *
 * @param name what is done, such as {@code gemm/512}
 * @param rival by whom else, such as {@code pytorch}
 * @param flops floating-point operations of one run, for a speed to be shown; 0 if that says
 *     nothing
 * @param match makes both sides ready; not asked before the duel begins
 */
public record Duel(String name, String rival, double flops, Supplier<Match> match) {
  /**
   * Both sides, ready.
   *
   * @param agreements what is checked before any timing
   */
  public record Match(Contestant ours, Contestant theirs, List<Agreement> agreements) {
    public Match(Contestant ours, Contestant theirs, Agreement... agreements) {
      this(ours, theirs, List.of(agreements));
    }
  }

  /** Name and rival: what patterns are matched against. */
  public String title() {
    return name + "/" + rival;
  }
}
