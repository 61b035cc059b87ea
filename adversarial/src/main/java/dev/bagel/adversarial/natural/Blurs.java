package dev.bagel.adversarial.natural;

import dev.bagel.tensor.Rng;

/** What a lens, a window or a hand does. */
final class Blurs {
  // radius, and the deviation that smooths the disc's edge
  private static final double[][] DEFOCUS = {
    {0.3, 0.4}, {0.4, 0.5}, {0.5, 0.6}, {1, 0.2}, {1.5, 0.1}
  };
  private static final double[][] DEFOCUS_LARGE = {
    {3, 0.1}, {4, 0.5}, {6, 0.5}, {8, 0.5}, {10, 0.5}
  };
  // deviation, farthest exchange, rounds
  private static final double[][] GLASS = {
    {0.05, 1, 1}, {0.25, 1, 1}, {0.4, 1, 1}, {0.25, 1, 2}, {0.4, 1, 2}
  };
  private static final double[][] GLASS_LARGE = {
    {0.7, 1, 2}, {0.9, 2, 1}, {1, 2, 3}, {1.1, 3, 2}, {1.5, 4, 2}
  };
  // radius, deviation
  private static final double[][] MOTION = {{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}};
  private static final double[][] MOTION_LARGE = {{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}};
  // last factor, step
  private static final double[][] ZOOM = {
    {1.05, 0.01}, {1.10, 0.01}, {1.15, 0.01}, {1.20, 0.01}, {1.25, 0.01}
  };
  private static final double[][] ZOOM_LARGE = {
    {1.10, 0.01}, {1.15, 0.01}, {1.20, 0.02}, {1.24, 0.02}, {1.30, 0.03}
  };

  private Blurs() {}

  /** Every point becomes a disc. */
  static Picture defocus(Picture x, Severity s, Rng rng) {
    double[] c = s.of(DEFOCUS, DEFOCUS_LARGE);
    return x.filtered(disc(c[0], c[1]));
  }

  static double[][] disc(double radius, double smoothing) {
    int edge = radius <= 8 ? 1 : 2;
    int reach = (int) Math.floor(radius) + edge;
    int side = 2 * reach + 1;
    Picture disc = new Picture(1, side, side);
    int covered = 0;
    for (int i = 0; i < disc.v.length; i++) {
      int dx = i % side - reach;
      int dy = i / side - reach;
      disc.v[i] = dx * dx + dy * dy <= radius * radius ? 1 : 0;
      covered += (int) disc.v[i];
    }
    double[] k = Picture.gaussianKernel(smoothing, edge);
    double[][] smooth = new double[side][side];
    for (int i = 0; i < disc.v.length; i++) {
      for (int j = 0; j < k.length * k.length; j++) {
        int row = i / side + j / k.length - edge;
        int column = i % side + j % k.length - edge;
        if (disc.v[i] > 0 && row >= 0 && column >= 0 && row < side && column < side) {
          smooth[row][column] += k[j / k.length] * k[j % k.length] / covered;
        }
      }
    }
    return smooth;
  }

  /** Pixels change places with near ones, between two soft blurs. */
  static Picture glass(Picture x, Severity s, Rng rng) {
    double[] c = s.of(GLASS, GLASS_LARGE);
    int far = (int) c[1];
    Picture y = x.gaussian(c[0], 4, Picture.Border.NEAREST).map(v -> v);
    long draw = 0;
    for (int round = 0; round < c[2]; round++) {
      for (int row = x.height - 1 - far; row >= far; row--) {
        for (int column = x.width - 1 - far; column >= far; column--) {
          int dy = rng.below(draw++, 2 * far + 1) - far;
          int dx = rng.below(draw++, 2 * far + 1) - far;
          exchange(y, row * x.width + column, (row + dy) * x.width + column + dx);
        }
      }
    }
    return y.gaussian(c[0], 4, Picture.Border.NEAREST);
  }

  private static void exchange(Picture y, int a, int b) {
    for (int channel = 0; channel < y.channels; channel++) {
      int plane = channel * y.area();
      float kept = y.v[plane + a];
      y.v[plane + a] = y.v[plane + b];
      y.v[plane + b] = kept;
    }
  }

  /** A move in some direction up to 45° from level. */
  static Picture motion(Picture x, Severity s, Rng rng) {
    double[] c = s.of(MOTION, MOTION_LARGE);
    return x.smeared((int) c[0], c[1], 90 * rng.uniformDouble(0) - 45);
  }

  /** The mean of the picture and of nearer and nearer ones. */
  static Picture zoom(Picture x, Severity s, Rng rng) {
    double[] c = s.of(ZOOM, ZOOM_LARGE);
    int factors = (int) Math.round((c[0] - 1) / c[1]) + 1;
    float[] sum = x.v.clone();
    for (int k = 0; k < factors; k++) {
      float[] near = x.zoomed(1 + k * c[1]).v;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += near[i];
      }
    }
    return new Picture(x.channels, x.height, x.width, sum).map(v -> v / (factors + 1));
  }
}
