/**
 * Attacks that only ask: what can be found out about a model by putting points to it, with every
 * question counted.
 *
 * <h2>The idea</h2>
 *
 * What an attack may know is its type. A {@link dev.bagel.adversarial.query.DecisionAttack} is
 * handed {@link dev.bagel.adversarial.query.Labels}, which say of a point whether it reaches the
 * goal; a {@link dev.bagel.adversarial.query.ScoreAttack} is handed {@link
 * dev.bagel.adversarial.query.Scores}. Neither sees the classifier, so none can cheat by mistake.
 * The two are an {@link dev.bagel.adversarial.query.Oracle}: it keeps an account for each example,
 * and puts no question to the model that its account cannot pay for.
 *
 * <h2>The attacks</h2>
 *
 * <table>
 *   <caption>By what they know and what they look for</caption>
 *   <tr><td>decisions, the nearest point
 *     <td>{@link dev.bagel.adversarial.query.HopSkipJump}, {@link
 *     dev.bagel.adversarial.query.BoundaryAttack}, {@link dev.bagel.adversarial.query.SignOpt},
 *     {@link dev.bagel.adversarial.query.GeoDa}, {@link dev.bagel.adversarial.query.Pointwise}
 *   <tr><td>decisions, any point at all
 *     <td>{@link dev.bagel.adversarial.query.Degrade} (contrast, blur, negative, blended noise),
 *     {@link dev.bagel.adversarial.query.SaltAndPepper}, {@link
 *     dev.bagel.adversarial.query.DatasetAttack}, {@link dev.bagel.adversarial.query.GivenPoints},
 *     {@link dev.bagel.adversarial.query.Binarization}
 *   <tr><td>decisions, a point in a ball
 *     <td>{@link dev.bagel.adversarial.query.AdditiveNoise}, {@link
 *     dev.bagel.adversarial.query.ContrastReduction}
 *   <tr><td>scores, the nearest point
 *     <td>{@link dev.bagel.adversarial.query.ZerothOrder}
 *   <tr><td>scores, a point in a ball
 *     <td>{@link dev.bagel.adversarial.query.SimBa}, {@link
 *     dev.bagel.adversarial.query.GenAttack}, {@link dev.bagel.adversarial.query.OnePixel}; NES and
 *     SPSA are a {@link dev.bagel.adversarial.GradientSource} of {@link dev.bagel.adversarial.Pgd}
 * </table>
 *
 * <h2>Where a search begins</h2>
 *
 * A start is what another decision attack finds, paid from the same account: noise, the nearest
 * example of a data set, given points. There is no second concept for it. An example without a
 * start is left as it was; the others go on.
 *
 * <h2>How it runs</h2>
 *
 * All examples of a batch advance together: a round collects the points of all who still search
 * ({@code Points}), and asks once. {@code Hunt} remembers the nearest point that ever reached the
 * goal, {@code Climbers} the best by score; {@code Bisection} finds the boundary on a line. The
 * loops are in {@code Hops}, {@code BoundaryWalk}, {@code SignDescent}, {@code Planes}, {@code
 * PutBack}, {@code CoordinateDescent}, {@code Evolution} and {@code PixelEvolution}, one for each
 * record that needs a state.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.query.Oracle}, {@link dev.bagel.adversarial.query.Labels}, {@link
 * dev.bagel.adversarial.query.DecisionAttack}, {@code Hunt}, {@link
 * dev.bagel.adversarial.query.Degrade}, {@code Bisection}, {@code Hops}.
 *
 * <h2>Rejected</h2>
 *
 * An exception when a budget is spent (every loop would have to say what it has so far); padding a
 * shrinking batch to a fixed size (the model would be asked more than is counted: it is cut into
 * powers of two instead); a class for each noise and norm (Foolbox has ten for what two settings
 * say).
 */
package dev.bagel.adversarial.query;
