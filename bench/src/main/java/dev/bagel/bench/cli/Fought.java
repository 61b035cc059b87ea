package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Outcome;

/**
 * What the JVM of one duel reports.
 *
 * @param version of the rival
 * @param kernels that Bagel chose
 */
record Fought(Outcome outcome, String version, String kernels) {}
