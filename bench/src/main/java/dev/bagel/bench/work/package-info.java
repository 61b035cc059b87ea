/**
 * What is measured, apart from how and against whom: shapes of convolutions, networks with a batch
 * to attack, a training step, and slow loops in double that say what the right answers are.
 */
package dev.bagel.bench.work;
