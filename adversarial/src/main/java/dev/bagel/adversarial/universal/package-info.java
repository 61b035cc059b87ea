/**
 * What is learnt once from many examples, and then works on examples that it has not seen: a
 * perturbation, a patch, a program.
 *
 * <h2>The idea</h2>
 *
 * Other attacks solve a problem for each input. These solve one for a distribution:
 *
 * <pre>
 *   perturbation δ      max E surrogate(f(clip(x + δ)))       ‖δ‖ ≤ ε
 *   patch p             min E −log p_target(f(A(p, x, l, t))) over places l and turns t
 *   program w           min E −log p_h(y)(f(frame(w) around x̃))
 * </pre>
 *
 * so they are trained: a record of settings has {@code fit(model, data, …)}, and what it returns,
 * {@link dev.bagel.adversarial.universal.Learned}, holds the thing, the curve of its objective and
 * its cost. The thing is a value, too. A perturbation is a {@link dev.bagel.adversarial.BallAttack}
 * without a gradient, so that {@link dev.bagel.adversarial.Evaluation} measures it on held-out data
 * like any other; a patch is an {@link dev.bagel.adversarial.Attack}, and {@code paste} tells where
 * it went; a program makes a {@link dev.bagel.nn.Classifier} of another task out of its host. What
 * counts is what they do to data that they were not trained on.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.universal.UniversalPerturbation} with its two makers {@link
 * dev.bagel.adversarial.universal.UniversalGradient} and {@link
 * dev.bagel.adversarial.universal.UniversalDeepFool}; {@link
 * dev.bagel.adversarial.universal.PatchTraining} and {@link
 * dev.bagel.adversarial.universal.AdversarialPatch}; {@link
 * dev.bagel.adversarial.universal.Reprogramming} and {@link
 * dev.bagel.adversarial.universal.Program}.
 */
package dev.bagel.adversarial.universal;
