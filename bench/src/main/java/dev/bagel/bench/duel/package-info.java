/**
 * Comparisons: the same work by Bagel and by somebody else, in one JVM, in turns.
 *
 * <p>{@link dev.bagel.bench.duel.Opponent} says what there is to do, {@link
 * dev.bagel.bench.duel.Agreement} makes sure that both sides do the same, and {@link
 * dev.bagel.bench.duel.Rounds} takes the times.
 */
package dev.bagel.bench.duel;
