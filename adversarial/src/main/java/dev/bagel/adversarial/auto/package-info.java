/**
 * AutoAttack: the ensemble whose robust accuracy the field compares, and its members, which join
 * with {@code then} like any other attack.
 *
 * <h2>The idea</h2>
 *
 * An attack that needs tuning measures its user as much as the model. The members of the ensemble
 * have nothing to tune but how long they try, and fail for different reasons:
 *
 * <table>
 *   <caption>The members</caption>
 *   <tr><td>{@link dev.bagel.adversarial.auto.Apgd}<td>gradient ascent in the ball, on
 *     cross-entropy; it finds its step size
 *   <tr><td>the same, targeted<td>on a loss that does not change with the scale of the logits,
 *     towards one class after the other
 *   <tr><td>{@link dev.bagel.adversarial.auto.Fab}<td>slides along the decision boundary to its
 *     nearest point: it has no radius that it could be tuned to
 *   <tr><td>{@link dev.bagel.adversarial.auto.Square}<td>random search on scores alone: it does not
 *     care what the gradient is
 * </table>
 *
 * Where the last one finds much that the others did not, the gradients of the model mislead, and
 * what is left is no robustness: the {@code audit} package says so.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.auto.AutoAttack}; {@code Apgd}, {@code ApgdRun}, {@code StepSizes},
 * {@code L1Box}; {@code Fab}, {@code FabRun}, {@code Hyperplane}; {@code Square}, {@code
 * SquareRun}, {@code SquareMove}, {@code Patch}. A record says what is run; a {@code Run} is one
 * batch of it.
 *
 * <h2>Rejected</h2>
 *
 * A momentum step in ℓ1 (the paper has none); drawing the patches of a whole batch at once, which
 * makes a result depend on its neighbours; counting clean accuracy as a stage.
 */
package dev.bagel.adversarial.auto;
