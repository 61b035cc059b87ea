package dev.bagel.adversarial.minimal;

/**
 * What the model says at the point of a {@link Question}.
 *
 * @param reached whether the goal is reached there, and by more than rounding
 * @param rounding the difference of scores that another batch size may make
 * @param scores [K]
 * @param value the surrogate; NaN if only scores were asked for
 * @param gradient ∂value/∂point, in units of the box, [D]; null if only scores were asked for
 */
record Reply(boolean reached, double rounding, float[] scores, double value, float[] gradient) {}
