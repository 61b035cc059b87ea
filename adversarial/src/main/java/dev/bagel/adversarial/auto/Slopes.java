package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Slope;

/** The check of what a model answers: of its values, {@link Slope} sees to the gradient. */
final class Slopes {
  private Slopes() {}

  /**
   * Refuses what cannot be climbed.
   *
   * @throws AttackException if a value is not finite
   */
  static void checkFinite(Slope slope, Attack attack) {
    if (slope.values().firstNotFinite() >= 0) {
      throw new AttackException(
          attack
              + ": the value of its surrogate is not finite; check the model's weights, or take"
              + " another surrogate");
    }
  }
}
