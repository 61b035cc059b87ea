package dev.bagel.adversarial.natural;

import dev.bagel.tensor.Rng;
import java.util.Arrays;

/** Textures of nature, made of random numbers. */
final class Fractals {
  private Fractals() {}

  /**
   * Clouds from 0 to 1 by the diamond-square algorithm (Fournier, Fussell and Carpenter 1982) on a
   * torus whose side is the next power of two.
   *
   * @param decay by whose square the displacements shrink from level to level
   */
  static float[] plasma(int height, int width, double decay, Rng rng) {
    int side = Math.max(2, Integer.highestOneBit(2 * Math.max(height, width) - 1));
    double[] map = new double[side * side];
    double amplitude = 1;
    for (int step = side; step >= 2; step /= 2) {
      int half = step / 2;
      for (int r = 0; r < side; r += step) {
        for (int c = 0; c < side; c += step) { // squares: from four corners to the middle
          set(map, side, r + half, c + half, half, true, amplitude, rng);
        }
      }
      for (int r = 0; r < side; r += half) {
        for (int c = r % step == 0 ? half : 0; c < side; c += step) { // diamonds: to the edges
          set(map, side, r, c, half, false, amplitude, rng);
        }
      }
      amplitude /= decay * decay;
    }
    double low = Arrays.stream(map).min().orElseThrow();
    double high = Arrays.stream(map).max().orElseThrow();
    float[] clouds = new float[height * width];
    for (int i = 0; i < clouds.length; i++) {
      clouds[i] = (float) ((map[i / width * side + i % width] - low) / (high - low));
    }
    return clouds;
  }

  private static void set(
      double[] map, int side, int r, int c, int half, boolean square, double amplitude, Rng rng) {
    int[][] around =
        square
            ? new int[][] {{-half, -half}, {-half, half}, {half, -half}, {half, half}}
            : new int[][] {{-half, 0}, {half, 0}, {0, -half}, {0, half}};
    double mean = 0;
    for (int[] a : around) {
      mean += map[Math.floorMod(r + a[0], side) * side + Math.floorMod(c + a[1], side)] / 4;
    }
    int place = r * side + c;
    map[place] = mean + amplitude * (2 * rng.uniformDouble(place) - 1);
  }

  /**
   * Ice from 0 to 1: bright seams between cells that grew from random seeds (Worley 1996), on three
   * scales, thicker where a plasma is.
   */
  static float[] crystals(int height, int width, Rng rng) {
    float[] thickness = plasma(height, width, 1.6, rng.at("thickness"));
    double[] seams = new double[height * width];
    int size = Math.max(height, width);
    for (int scale = 0; scale < 3; scale++) {
      double cell = Math.max(3, size / (3.0 * (1 << scale)));
      Rng seeds = rng.at(scale);
      for (int i = 0; i < seams.length; i++) {
        double gap = gap(Math.floorDiv(i, width) / cell, i % width / cell, seeds);
        seams[i] += Math.exp(-6 * gap) / (1 << scale);
      }
    }
    float[] ice = new float[seams.length];
    for (int i = 0; i < ice.length; i++) {
      ice[i] = (float) Math.min(1, 0.25 + 0.45 * thickness[i] + 0.4 * seams[i]);
    }
    return ice;
  }

  /** How much nearer the nearest seed is than the second one; seeds are one in each unit square. */
  private static double gap(double row, double column, Rng rng) {
    double first = Double.POSITIVE_INFINITY;
    double second = Double.POSITIVE_INFINITY;
    for (int k = 0; k < 25; k++) {
      int r = (int) Math.floor(row) + k / 5 - 2;
      int c = (int) Math.floor(column) + k % 5 - 2;
      Rng seed = rng.at(r).at(c);
      double dy = r + seed.uniformDouble(0) - row;
      double dx = c + seed.uniformDouble(1) - column;
      double distance = Math.sqrt(dx * dx + dy * dy);
      second = Math.min(second, Math.max(first, distance));
      first = Math.min(first, distance);
    }
    return second - first;
  }
}
