package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Surrogate;

/**
 * What a walk wants to know of the model at one point.
 *
 * @param point in units of the box, [D]
 * @param surrogate whose value and gradient are asked for; null if the scores are enough
 * @param target the class that the surrogate aims at; −1 for what the goal says
 */
record Question(float[] point, Surrogate surrogate, int target) {
  static Question slope(Surrogate surrogate, float[] point) {
    return new Question(point, surrogate, -1);
  }

  static Question slope(Surrogate surrogate, float[] point, int target) {
    return new Question(point, surrogate, target);
  }

  static Question scores(float[] point) {
    return new Question(point, null, -1);
  }
}
