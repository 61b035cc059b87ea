package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Cost;

/**
 * What one attack of a course left.
 *
 * @param name the attack's name
 * @param blackBox whether it sees scores only
 * @param attacked how many inputs it was given
 * @param fooled for how many of them it found an error
 * @param accuracy the share of all inputs that is right after it, and after those before it in a
 *     cascade; of an attack of the audit, the share of the audited inputs
 * @param cost what it asked of the model
 * @param seconds how long it took, all runs together
 */
public record Stage(
    String name,
    boolean blackBox,
    int attacked,
    int fooled,
    double accuracy,
    Cost cost,
    double seconds) {}
