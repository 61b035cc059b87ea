package dev.bagel.bench.cli;

/**
 * What the JVM of one fresh start reports.
 *
 * @param first wall seconds of the first attack, planning and compiling included
 * @param step seconds of one step, the median once warm: CPU time if one thread works
 */
record FirstRuns(double first, double step) {}
