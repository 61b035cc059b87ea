package dev.bagel.adversarial.minimal;

import dev.bagel.nn.Bounds;

/**
 * Free variables w whose every value is a point of the box: x = (1 + tanh w) / 2. Carlini and
 * Wagner 2017, §V.C. Without a finite box there is nothing to keep to, and w is x, clipped.
 */
final class Variables {
  /** tanh reaches 1 at infinity only: the input's elements are drawn in by this much. */
  private static final double INSIDE = 0.999999;

  private final Example e;
  private final boolean bounded;

  Variables(Example e) {
    this.e = e;
    bounded = e.box.equals(Bounds.UNIT);
  }

  /** The variables of a point. */
  float[] of(float[] x) {
    float[] w = x.clone();
    for (int i = 0; bounded && i < w.length; i++) {
      double t = INSIDE * (2.0 * x[i] - 1);
      w[i] = (float) (0.5 * Math.log((1 + t) / (1 - t))); // artanh
    }
    return w;
  }

  /** The point of these variables. */
  float[] point(float[] w) {
    float[] x = new float[w.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = bounded ? (float) ((1 + Math.tanh(w[i])) / 2) : e.clip(w[i]);
    }
    return x;
  }

  /** ∂/∂w of what has the gradient g at the point of w. */
  float[] gradient(float[] w, float[] g) {
    float[] chained = g.clone();
    for (int i = 0; bounded && i < w.length; i++) {
      double t = Math.tanh(w[i]);
      chained[i] = (float) (g[i] * (1 - t * t) / 2);
    }
    return chained;
  }
}
