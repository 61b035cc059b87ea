package dev.bagel.adversarial.natural;

import dev.bagel.tensor.Rng;

/** Every value on its own. */
final class Noises {
  private static final double[] GAUSSIAN = {0.04, 0.06, 0.08, 0.09, 0.10};
  private static final double[] GAUSSIAN_LARGE = {0.08, 0.12, 0.18, 0.26, 0.38};
  private static final double[] SHOT = {500, 250, 100, 75, 50};
  private static final double[] SHOT_LARGE = {60, 25, 12, 5, 3};
  private static final double[] IMPULSE = {0.01, 0.02, 0.03, 0.05, 0.07};
  private static final double[] IMPULSE_LARGE = {0.03, 0.06, 0.09, 0.17, 0.27};

  private Noises() {}

  /** x + c · N(0, 1): too little light. */
  static Picture gaussian(Picture x, Severity s, Rng rng) {
    double c = s.of(GAUSSIAN, GAUSSIAN_LARGE);
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      y.v[i] = (float) (x.v[i] + c * rng.gaussian(i));
    }
    return y;
  }

  /** Poisson(c · x) / c: light comes in c photons. */
  static Picture shot(Picture x, Severity s, Rng rng) {
    double c = s.of(SHOT, SHOT_LARGE);
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      y.v[i] = (float) (poisson(c * x.v[i], rng.uniformDouble(i)) / c);
    }
    return y;
  }

  /** The least k with F(k) > u: by summing up, which e^−500 is large enough for. */
  static int poisson(double mean, double u) {
    double p = Math.exp(-mean);
    double sum = p;
    int k = 0;
    while (u >= sum && p > 0) {
      k++;
      p *= mean / k;
      sum += p;
    }
    return k;
  }

  /** Black or white, with probability c / 2 each: salt and pepper. */
  static Picture impulse(Picture x, Severity s, Rng rng) {
    double c = s.of(IMPULSE, IMPULSE_LARGE);
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      double u = rng.uniformDouble(i);
      y.v[i] = u < c / 2 ? 0 : u < c ? 1 : x.v[i];
    }
    return y;
  }
}
