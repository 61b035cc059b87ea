package dev.bagel.autodiff;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Unary;

/** Random tensors that keep their distance from the places where functions have kinks. */
final class Inputs {
  private Inputs() {}

  /** 0.2 … 0.8, or the negative of that: far from whole numbers. */
  static Tensor signed(Rng rng, int... dims) {
    return Tensor.uniform(Shape.of(dims), 0.2f, 0.8f, rng.at("magnitude"))
        .mul(Tensor.uniform(Shape.of(dims), -1, 1, rng.at("sign")).sign());
  }

  /** 0.5 … 1.5. */
  static Tensor positive(Rng rng, int... dims) {
    return Tensor.uniform(Shape.of(dims), 0.5f, 1.5f, rng);
  }

  static Tensor gaussian(Rng rng, int... dims) {
    return Tensor.gaussian(Shape.of(dims), rng);
  }

  /** Whole numbers from −2 … 2 plus {@code fraction} … {@code fraction} + 0.1. */
  static Tensor near(float fraction, Rng rng, int... dims) {
    return Tensor.uniform(Shape.of(dims), -2, 3, rng.at("whole"))
        .map(Unary.FLOOR)
        .add(Tensor.uniform(Shape.of(dims), fraction, fraction + 0.1f, rng.at("part")));
  }

  /** Numbers of which no two are closer than 0.2, in random order. */
  static Tensor distinct(Rng rng, int... dims) {
    Shape s = Shape.of(dims);
    int[] order = rng.permutation(s.size());
    return Tensor.ofInts(order).sub(s.size() / 2f).mul(0.2f).reshape(s);
  }

  /** 0.5, 1.5, … or bound − 0.5: what names a place, a half away from where it names another. */
  static Tensor places(int bound, Rng rng, int... dims) {
    Shape s = Shape.of(dims);
    float[] places = new float[s.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = rng.below(i, bound) + 0.5f;
    }
    return Tensor.wrap(s, places);
  }
}
