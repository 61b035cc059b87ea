package dev.bagel.adversarial.audit;

/**
 * Accuracy under attack at a radius.
 *
 * @param epsilon the radius, in input units
 * @param accuracy the share of the audited inputs that is right
 */
public record Point(double epsilon, double accuracy) {}
