/**
 * Attacks, as sentences made of small closed parts, and the evaluation that does not trust them.
 *
 * <h2>The idea</h2>
 *
 * An attack is not a class for every combination of norm, loss and step, but a value made of parts:
 *
 * <pre>
 *   Pgd = Ball × StepSize × StepRule × Surrogate × GradientSource × Start × steps
 * </pre>
 *
 * <table>
 *   <caption>The parts</caption>
 *   <tr><td>where</td><td>{@link dev.bagel.adversarial.Ball}: a {@link dev.bagel.adversarial.Norm}
 *     and a radius; the geometry (project, ascend, sample, measure) is in the norm and nowhere else
 *   <tr><td>what for</td><td>{@link dev.bagel.adversarial.Goal}: any other class, or a chosen one
 *   <tr><td>climb what</td><td>{@link dev.bagel.adversarial.Surrogate}: cross-entropy, margin, DLR
 *   <tr><td>gradient from</td><td>{@link dev.bagel.adversarial.GradientSource}: the model, an
 *     average over noise, queries alone
 *   <tr><td>which way</td><td>{@link dev.bagel.adversarial.StepRule}: steepest, momentum, any
 *     optimizer
 *   <tr><td>from where</td><td>{@link dev.bagel.adversarial.Start}
 * </table>
 *
 * FGSM is one step from the input; BIM has no random start; noise has no steps. Larger attacks are
 * made by {@code then} and {@code restarts}. Parts are records, so an attack prints as the
 * experiment that it is.
 *
 * <h2>How it runs</h2>
 *
 * {@code Climb} walks a batch; {@code Ascent} is its step, planned once for every shape: scores,
 * gradient, move, projection and clipping in one replayed graph, with ε and the step size as
 * inputs. Randomness comes from {@link dev.bagel.adversarial.Seeds}, one stream for each example.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.Norm}, {@link dev.bagel.adversarial.Pgd}, {@code Ascent}, {@code
 * Climb}, {@link dev.bagel.adversarial.Attack}, {@link dev.bagel.adversarial.Evaluation}, {@link
 * dev.bagel.adversarial.AdversarialTraining}.
 *
 * <h2>Rejected</h2>
 *
 * A class for each norm (six constructors for one loop); attacks by name in a registry (strings do
 * not compile); believing an attack about its own success.
 */
package dev.bagel.adversarial;
