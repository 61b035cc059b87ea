package dev.bagel.nn.layer;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** How fresh numbers are drawn. */
@FunctionalInterface
public interface Init {
  Tensor draw(Shape s, Rng rng);

  /** The same number everywhere. */
  static Init constant(float value) {
    return (s, rng) -> Tensor.full(s, value);
  }

  /** He et al. 2015, Eq. (10): normal with variance 2 / fan-in, for layers before a relu. */
  static Init he(int fanIn) {
    return (s, rng) -> Tensor.gaussian(s, rng).mul((float) Math.sqrt(2.0 / fanIn));
  }

  /** Glorot and Bengio 2010, Eq. (16): uniform in ±√(6 / (fan-in + fan-out)). */
  static Init glorot(int fanIn, int fanOut) {
    float limit = (float) Math.sqrt(6.0 / (fanIn + fanOut));
    return (s, rng) -> Tensor.uniform(s, -limit, limit, rng);
  }

  /** LeCun et al. 1998, Eq. (16): normal with variance 1 / fan-in. */
  static Init lecun(int fanIn) {
    return (s, rng) -> Tensor.gaussian(s, rng).mul((float) Math.sqrt(1.0 / fanIn));
  }

  /**
   * Normal with this deviation, cut at two deviations and drawn again: the initialiser of Madry's
   * MNIST net (deviation 0.1).
   */
  static Init truncatedNormal(float deviation) {
    return (s, rng) -> {
      float[] d = new float[s.size()];
      for (int i = 0; i < d.length; i++) {
        Rng draws = rng.at(i);
        float v = draws.gaussian(0);
        for (int t = 1; Math.abs(v) > 2; t++) {
          v = draws.gaussian(t);
        }
        d[i] = v * deviation;
      }
      return Tensor.wrap(s, d);
    };
  }
}
