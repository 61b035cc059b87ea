package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Slope;

/** The check of what a model answers. */
final class Slopes {
  private Slopes() {}

  /**
   * Refuses what cannot be climbed.
   *
   * @throws AttackException if an element of the gradient, or a value, is not finite
   */
  static void checkFinite(Slope slope, Attack attack) {
    int bad = slope.gradient().firstNotFinite();
    if (bad >= 0 || slope.values().firstNotFinite() >= 0) {
      throw new AttackException(
          attack
              + ": the "
              + (bad >= 0 ? "gradient" : "value")
              + " of its surrogate is not finite; check the model's weights, or take another"
              + " surrogate");
    }
  }
}
