package dev.bagel.adversarial.tour;

/**
 * The targeted example, and how it was found.
 *
 * @param example against the plain net
 * @param target what the net was to say
 * @param doubt the probability that the plain net gave the target before the attack
 * @param pairs how many (image, target) pairs were tried at this ε
 * @param successes in how many of them the net then said the target
 * @param transferred what the hardened net says of the very same picture
 * @param hardened the same attack against the hardened net
 */
public record Targeted(
    Example example,
    String target,
    double doubt,
    int pairs,
    int successes,
    Verdict transferred,
    Example hardened) {}
