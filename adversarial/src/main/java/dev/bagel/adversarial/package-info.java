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
 *   <tr><td>what for</td><td>{@link dev.bagel.adversarial.Goal}: any other class, a chosen one, or
 *     what a {@link dev.bagel.adversarial.Rule} on the scores says
 *   <tr><td>climb what</td><td>{@link dev.bagel.adversarial.Surrogate}: cross-entropy, margin, DLR,
 *     or a distance from a truth: squared error, binary cross-entropy, KL
 *   <tr><td>gradient from</td><td>{@link dev.bagel.adversarial.GradientSource}: the model, an
 *     average over noise, queries alone; more in {@code gradient}
 *   <tr><td>which way</td><td>{@link dev.bagel.adversarial.StepRule}: steepest, momentum, any
 *     optimizer
 *   <tr><td>from where</td><td>{@link dev.bagel.adversarial.Start}: the input, anywhere, points
 *     that are given or found
 * </table>
 *
 * FGSM is one step from the input; BIM has no random start; noise has no steps. Larger attacks are
 * made by {@code then} and {@code restarts}, and {@code onLattice} makes one whose finds can be
 * saved as pictures. Parts are records, so an attack prints as the experiment that it is.
 *
 * <h2>How it runs</h2>
 *
 * {@code Climb} walks a batch; {@code Ascent} is its step, planned once for every shape: scores,
 * gradient, move, projection and clipping in one replayed graph, with ε and the step size as
 * inputs. Randomness comes from {@link dev.bagel.adversarial.Seeds}, one stream for each example.
 *
 * <p>{@link dev.bagel.adversarial.Evaluation} measures, at one radius or at many ({@link
 * dev.bagel.adversarial.Sweep}), and until a {@link dev.bagel.adversarial.Limit}. The limit comes
 * with the model that an attack is handed; every loop that asks the model looks at it first, and
 * ends with the best that it has. A test runs every attack there is into one.
 *
 * <h2>The rooms</h2>
 *
 * <pre>
 *   gradient    what else PGD can be made of: transfer, EOT, BPDA, VAT
 *   minimal     the nearest example: DeepFool, C&amp;W, EAD, DDN, FMN, Brendel and Bethge, …
 *   auto        AutoAttack and its members
 *   query       attacks that are shown scores or decisions and nothing else
 *   spatial     rotation, shift, perspective, colour
 *   universal   one perturbation, patch or program for all inputs
 *   natural     what cameras and weather do
 *   audit       an ensemble's number, and the reasons to doubt it
 *   junit       robustness as a unit test
 * </pre>
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.Norm}, {@link dev.bagel.adversarial.Pgd}, {@code Ascent}, {@code
 * Climb}, {@link dev.bagel.adversarial.Attack}, {@link dev.bagel.adversarial.Evaluation}, {@link
 * dev.bagel.adversarial.AdversarialTraining}.
 *
 * <h2>Rejected</h2>
 *
 * A class for each norm (six constructors for one loop); attacks by name (strings do not compile;
 * the command line has its registry); believing an attack about its own success; an exception from
 * the model that a limit interrupts, which would take along what every loop on the way had found.
 */
package dev.bagel.adversarial;
