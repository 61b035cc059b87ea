/**
 * Attacks that look for the nearest input which fools the model, as far away as that may be.
 *
 * <h2>The idea</h2>
 *
 * Such an attack is a loop of its own for every example: one is at its third constant c when its
 * neighbour is at the fifth, one has crossed the boundary and shrinks its radius while another
 * still climbs. Written for a whole batch, every line of the paper becomes a selection by masks.
 * Here it is written for one example, as a <i>walk</i>: it says where it wants to look, hears what
 * the model says there, and moves on.
 *
 * <pre>
 *   walk  ──ask──►  Question(point, surrogate)  ─┐
 *   walk  ──ask──►  Question(point, surrogate)  ─┼─►  Inquiry: one batch  ──►  model
 *   walk  ──ask──►  Question(point)             ─┘
 *   walk  ◄─hear──  Reply(reached, scores, value, gradient)
 * </pre>
 *
 * {@code Walks} lets all examples of a batch walk in step and puts their questions to the model
 * together, so there is never a model call per example; who is done leaves the batch. What is the
 * same for all attacks is there and in {@code Example} once: inputs that reach the goal already
 * stay as they are; the nearest point that reached the goal is remembered; a gradient that is not
 * finite is an {@link dev.bagel.adversarial.AttackException}; questions are counted. An example's
 * walk depends on nothing but its own replies: not on its batch, not on the threads.
 *
 * <p>Walks measure in widths of the model's box, in which the papers' step sizes are written: an
 * attack on inputs of −128 … 128 takes the same way as one on 0 … 1. A point counts as found if the
 * scores say so by more than 10⁻⁵ of the largest of them: another batch size will not undo it.
 *
 * <h2>The attacks</h2>
 *
 * <table>
 *   <caption>What they minimise, and where they come from</caption>
 *   <tr><td>{@link dev.bagel.adversarial.minimal.DeepFool} <td>ℓ2, ℓ∞ <td>2016, linearises
 *   <tr><td>{@link dev.bagel.adversarial.minimal.CarliniWagnerL2}, {@link
 *     dev.bagel.adversarial.minimal.CarliniWagnerLinf}, {@link
 *     dev.bagel.adversarial.minimal.CarliniWagnerL0} <td>ℓ2, ℓ∞, ℓ0 <td>2017, penalty and c
 *   <tr><td>{@link dev.bagel.adversarial.minimal.Ead} <td>ℓ1 and ℓ2 <td>2018, shrinkage
 *   <tr><td>{@link dev.bagel.adversarial.minimal.Ddn} <td>ℓ2 <td>2019, direction apart from norm
 *   <tr><td>{@link dev.bagel.adversarial.minimal.BrendelBethge} <td>all <td>2019, along the boundary
 *   <tr><td>{@link dev.bagel.adversarial.minimal.Fmn} <td>all <td>2021, a radius that adapts
 *   <tr><td>{@link dev.bagel.adversarial.minimal.Lbfgs}, {@link
 *     dev.bagel.adversarial.minimal.NewtonFool} <td>ℓ2 <td>2014, 2017
 *   <tr><td>{@link dev.bagel.adversarial.minimal.Jsma} <td>ℓ0 <td>2016, pairs of elements
 *   <tr><td>{@link dev.bagel.adversarial.minimal.MinimalEpsilon} <td>its attack's <td>the least
 *     radius of any attack in a ball
 * </table>
 *
 * <h2>Reading order</h2>
 *
 * {@code Question}, {@code Reply}, {@code Walk}, {@link dev.bagel.adversarial.minimal.Ddn}, {@code
 * Walks}, {@code Inquiry}, {@link dev.bagel.adversarial.minimal.CarliniWagnerL2}, {@link
 * dev.bagel.adversarial.minimal.BrendelBethge} with {@code BoundaryStep}.
 *
 * <h2>Rejected</h2>
 *
 * A plan for the whole step, as {@link dev.bagel.adversarial.Pgd} has one: what these attacks do
 * between two looks at the model is little beside the look, and differs by example. A thread for
 * each example, which would let a walk be written as a plain loop: batches would wait for threads.
 */
package dev.bagel.adversarial.minimal;
