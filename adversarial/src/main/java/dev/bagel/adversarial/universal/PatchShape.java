package dev.bagel.adversarial.universal;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** What a patch covers. */
public enum PatchShape {
  SQUARE,
  /** The largest circle in the square, as in Brown et al. 2017. */
  CIRCLE;

  /** 1 where a patch is opaque and 0 elsewhere: [1, side, side]. */
  public Tensor mask(int side) {
    float[] mask = new float[side * side];
    for (int k = 0; k < mask.length; k++) {
      double x = k % side - (side - 1) / 2.0;
      double y = Math.floorDiv(k, side) - (side - 1) / 2.0;
      mask[k] = this == SQUARE || x * x + y * y <= side * side / 4.0 ? 1 : 0;
    }
    return Tensor.wrap(Shape.of(1, side, side), mask);
  }
}
