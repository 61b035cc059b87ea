package dev.bagel.bench.cli;

import java.util.Map;

/**
 * How many times faster than plain Java Bagel was in each duel, and where.
 *
 * @param machine it was made on
 * @param kernels that Bagel chose there
 * @param ratios by the duel's title
 */
record Baseline(Machine machine, String kernels, Map<String, Double> ratios) {
  /**
   * Whether figures of another run can be held against these: a processor of another kind, other
   * vectors or another compiler change what vector instructions are worth.
   */
  boolean isLike(Machine other, String otherKernels) {
    return machine.cpu().equals(other.cpu())
        && machine.jdk() == other.jdk()
        && kernels.equals(otherKernels);
  }
}
