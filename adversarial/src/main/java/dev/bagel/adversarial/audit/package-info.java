/**
 * Whether a figure of robustness can be believed.
 *
 * <h2>The idea</h2>
 *
 * An attack that fails says nothing: either the model is robust, or the attack is weak. Most
 * defences that were broken had been evaluated with attacks that their own gradients misled. So a
 * figure comes with its doubts, as values of a closed family, {@link
 * dev.bagel.adversarial.audit.Finding}: each has what was seen, with its numbers, what to do, and
 * the paper that explains it.
 *
 * <pre>
 *   Assessment = AutoAttack, stage by stage, each on the survivors of the last
 *              + Checks      what shows without an attack: scores, gradients, the graph
 *              + Audit       one step or many, a curve over ε to where all may change, twice the
 *                            steps, queries alone
 * </pre>
 *
 * A model that was masked on purpose must raise its finding, and an honest one none; the tests
 * plant several kinds of masks.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.audit.Finding}, {@link dev.bagel.adversarial.audit.Checks}, {@link
 * dev.bagel.adversarial.audit.Audit}, {@link dev.bagel.adversarial.audit.Assessment}, {@link
 * dev.bagel.adversarial.audit.Journal}.
 *
 * <h2>Rejected</h2>
 *
 * One overall verdict: which doubt matters is for a person to say. Warnings in a log: nobody reads
 * them, and a report cannot show them.
 */
package dev.bagel.adversarial.audit;
