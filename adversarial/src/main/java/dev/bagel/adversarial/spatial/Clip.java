package dev.bagel.adversarial.spatial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;

/** Valid inputs: interpolation rounds, and colours leave their range. */
final class Clip {
  private Clip() {}

  static Var to(Bounds bounds, Var x) {
    return bounds.equals(Bounds.NONE) ? x : x.clamp(bounds.low(), bounds.high());
  }
}
