/**
 * Other ways to a gradient: averaged over augmentations, smoothed, tuned by its neighbours, or
 * through a defence that has none.
 *
 * <h2>The idea</h2>
 *
 * The transfer attacks are one loop, {@link dev.bagel.adversarial.Pgd}, with other parts; each
 * paper adds one of them. A gradient source wraps another, so the parts combine as the papers
 * combine them:
 *
 * <pre>{@code
 * // TI-DIM: translation-invariant, diverse inputs, momentum
 * Transfer.difgsm(ball)
 *     .gradient(new Translated(Transfer.diverse(), 15))
 *     .rule(StepRule.momentum(1));
 * }</pre>
 *
 * <table>
 *   <caption>Who changes what</caption>
 *   <tr><td>MI-FGSM<td>the step: {@link dev.bagel.adversarial.StepRule.Momentum}
 *   <tr><td>NI-FGSM<td>where the gradient is taken: {@link
 *     dev.bagel.adversarial.StepRule.Nesterov}
 *   <tr><td>DI²-FGSM, EOT<td>{@link dev.bagel.adversarial.gradient.Eot}: the mean over random
 *     changes of the input ({@link dev.bagel.adversarial.gradient.Augmentation}), or over passes
 *     through a model that is random by itself
 *   <tr><td>SI-FGSM<td>{@link dev.bagel.adversarial.gradient.Scaled}: the mean over copies of less
 *     and less contrast
 *   <tr><td>TI-FGSM<td>{@link dev.bagel.adversarial.gradient.Translated}: smoothed by a kernel
 *   <tr><td>VMI-FGSM<td>{@link dev.bagel.adversarial.gradient.VarianceTuned}: what the neighbours
 *     of the last point said is added
 *   <tr><td>BPDA<td>{@link dev.bagel.adversarial.gradient.Bpda}: the classifier itself
 * </table>
 *
 * {@link dev.bagel.adversarial.gradient.VirtualAdversarial} is the one attack here with a loop of
 * its own: it needs no labels.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.gradient.Transfer}, {@link
 * dev.bagel.adversarial.gradient.Augmentation}, the sources, {@link
 * dev.bagel.adversarial.gradient.Bpda}.
 *
 * <h2>Rejected</h2>
 *
 * One class for each attack of the family, as other toolkits have them: twelve copies of a loop,
 * and no TI-DI-SI-VMI that nobody wrote down.
 */
package dev.bagel.adversarial.gradient;
