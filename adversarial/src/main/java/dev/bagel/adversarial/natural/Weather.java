package dev.bagel.adversarial.natural;

import dev.bagel.tensor.Rng;

/** What falls, grows or hangs in the air, and the light. */
final class Weather {
  // mean and deviation of flakes, zoom, least value, radius and deviation of their fall, clearness
  private static final double[][] SNOW = {
    {0.1, 0.2, 1, 0.6, 8, 3, 0.95},
    {0.1, 0.2, 1, 0.5, 10, 4, 0.9},
    {0.15, 0.3, 1.75, 0.55, 10, 4, 0.9},
    {0.25, 0.3, 2.25, 0.6, 12, 6, 0.85},
    {0.3, 0.3, 1.25, 0.65, 14, 12, 0.8}
  };
  private static final double[][] SNOW_LARGE = {
    {0.1, 0.3, 3, 0.5, 10, 4, 0.8},
    {0.2, 0.3, 2, 0.5, 12, 4, 0.7},
    {0.55, 0.3, 4, 0.9, 12, 8, 0.7},
    {0.55, 0.3, 4.5, 0.85, 12, 8, 0.65},
    {0.55, 0.3, 2.5, 0.85, 12, 12, 0.55}
  };
  // how much of the picture, how much of the frost
  private static final double[][] FROST = {
    {1, 0.2}, {1, 0.3}, {0.9, 0.4}, {0.85, 0.4}, {0.75, 0.45}
  };
  private static final double[][] FROST_LARGE = {
    {1, 0.4}, {0.8, 0.6}, {0.7, 0.7}, {0.65, 0.7}, {0.6, 0.75}
  };
  // thickness, and how much smoother each finer level is
  private static final double[][] FOG = {{0.2, 3}, {0.5, 3}, {0.75, 2.5}, {1, 2}, {1.5, 1.75}};
  private static final double[][] FOG_LARGE = {{1.5, 2}, {2, 2}, {2.5, 1.7}, {2.5, 1.5}, {3, 1.4}};
  private static final double[] BRIGHTNESS = {0.05, 0.1, 0.15, 0.2, 0.3};
  private static final double[] BRIGHTNESS_LARGE = {0.1, 0.2, 0.3, 0.4, 0.5};

  private Weather() {}

  /** A paler picture, and two layers of flakes that fall in opposite directions. */
  static Picture snow(Picture x, Severity s, Rng rng) {
    double[] c = s.of(SNOW, SNOW_LARGE);
    Picture noise = new Picture(1, x.height, x.width);
    for (int i = 0; i < noise.v.length; i++) {
      noise.v[i] = (float) (c[0] + c[1] * rng.gaussian(i));
    }
    Picture flakes =
        noise
            .zoomed(c[2])
            .map(v -> v < c[3] ? 0 : Math.min(1, v))
            .smeared((int) c[4], c[5], -135 + 90 * rng.at("angle").uniformDouble(0));
    Picture y = x.empty();
    int area = x.area();
    for (int i = 0; i < y.v.length; i++) {
      int pixel = i % area;
      double pale = Math.max(x.v[i], 1.5 * x.luma(pixel) + 0.5);
      double layers = flakes.v[pixel] + flakes.v[area - 1 - pixel];
      y.v[i] = (float) (c[6] * x.v[i] + (1 - c[6]) * pale + layers);
    }
    return y;
  }

  /** Crystals on a window, bluish white. */
  static Picture frost(Picture x, Severity s, Rng rng) {
    double[] c = s.of(FROST, FROST_LARGE);
    double[] tint = x.channels == 1 ? new double[] {0.95} : new double[] {0.87, 0.95, 1};
    float[] crystals = Fractals.crystals(x.height, x.width, rng);
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      double ice = tint[i / x.area()] * crystals[i % x.area()];
      y.v[i] = (float) (c[0] * x.v[i] + c[1] * ice);
    }
    return y;
  }

  /** Light from everywhere, in clouds; the brightest stays as bright as it was. */
  static Picture fog(Picture x, Severity s, Rng rng) {
    double[] c = s.of(FOG, FOG_LARGE);
    float[] clouds = Fractals.plasma(x.height, x.width, c[1], rng);
    double most = x.max();
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      y.v[i] = (float) ((x.v[i] + c[0] * clouds[i % x.area()]) * most / (most + c[0]));
    }
    return y;
  }

  /** More of the V of HSV: the largest channel grows by c, and the others in proportion. */
  static Picture brightness(Picture x, Severity s, Rng rng) {
    double c = s.of(BRIGHTNESS, BRIGHTNESS_LARGE);
    Picture y = x.empty();
    for (int p = 0; p < x.area(); p++) {
      double value = 0;
      for (int k = 0; k < x.channels; k++) {
        value = Math.max(value, x.v[k * x.area() + p]);
      }
      double more = Math.min(1, value + c);
      for (int k = 0; k < x.channels; k++) {
        int i = k * x.area() + p;
        y.v[i] = (float) (value > 0 ? x.v[i] * more / value : more);
      }
    }
    return y;
  }
}
