/**
 * The command line of JMH, the guard, duels and fresh starts.
 *
 * <p>Every measurement gets a JVM of its own ({@link dev.bagel.bench.cli.FreshJvm}), which prints
 * what it found as JSON; the process that the user started only asks, and makes tables of the
 * answers.
 */
package dev.bagel.bench.cli;
