/**
 * Models and their training.
 *
 * <h2>The idea</h2>
 *
 * Configuration is a value, and what remembers is a run. A {@link dev.bagel.nn.Model} is a value:
 * layers, numbers, and what its inputs are (shape, {@link dev.bagel.nn.Bounds}, {@link
 * dev.bagel.nn.Preprocessing}), so that ε always means input units. A {@link dev.bagel.nn.Trainer}
 * is a value: two fits with equal trainers give equal bits. Between them stands {@code Training},
 * the one thing that changes: numbers in cells, which every step updates in place.
 *
 * <pre>
 *   Trainer ── fit ──► Training ◄── craft ── Objective      (an attack may look at the frozen net)
 *                        │  one Plan: loss, gradients, optimizer, all in place
 *                        ▼
 *                      Model  (a snapshot)
 * </pre>
 *
 * All that an attack may see of a model is a {@link dev.bagel.nn.Classifier}: scores, bounds, and a
 * place to keep {@link dev.bagel.nn.Plans}. Adversarial training is an {@link
 * dev.bagel.nn.Objective} like any other: it crafts inputs first and takes a step on them.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.nn.layer}, {@link dev.bagel.nn.Model}, {@link dev.bagel.nn.Loss}, {@link
 * dev.bagel.nn.Optimizer}, {@code Training}, {@link dev.bagel.nn.Trainer}, {@link
 * dev.bagel.nn.Checkpoint}, {@link dev.bagel.nn.Scores}.
 *
 * <h2>Why so, and not otherwise</h2>
 *
 * <ul>
 *   <li>The optimizer is written in variables and traced into the plan of the step: its update is
 *       fused, runs in place, and the same rule can move an image instead of weights.
 *   <li>A step that allocates new parameters was rejected: for Madry's net it would move 40 MB for
 *       every batch.
 *   <li>Randomness saved in a checkpoint was rejected: it is a function of the seed and the step,
 *       so a checkpoint has only numbers, and resuming is exact by construction.
 *   <li>A callback that may change the run was rejected, but for stopping it: what a run does is in
 *       the trainer, where it prints.
 *   <li>Folding batch normalisation behind the caller's back was rejected: {@link
 *       dev.bagel.nn.Model#folded} is asked for, and its result is a model like any other.
 * </ul>
 */
package dev.bagel.nn;
