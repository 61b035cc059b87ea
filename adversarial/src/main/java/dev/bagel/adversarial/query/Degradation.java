package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import java.util.Arrays;

/** A way that leads from an input (at 0) to something less like it (at 1). */
public sealed interface Degradation {
  /** How many ends may be tried until one reaches the goal. */
  default int ends() {
    return 1;
  }

  /**
   * The point at s.
   *
   * @param x an input, as a row
   * @param shape of one input, without the batch
   * @param rng the randomness of this end of this example
   */
  float[] at(double s, float[] x, Shape shape, Bounds bounds, Rng rng);

  static Degradation contrast() {
    return new Contrast(0.5);
  }

  static Degradation inversion() {
    return new Inversion();
  }

  static Degradation blur() {
    return new Blur(0);
  }

  static Degradation blendedNoise() {
    return new BlendedNoise(1000);
  }

  /**
   * Less and less contrast: (1 − s)·x + s·grey.
   *
   * @param target which grey, from 0 (the least valid input) to 1 (the greatest)
   */
  record Contrast(double target) implements Degradation {
    @Override
    public float[] at(double s, float[] x, Shape shape, Bounds bounds, Rng rng) {
      double grey = bounds.low() + target * width(bounds, this);
      float[] p = new float[x.length];
      for (int j = 0; j < p.length; j++) {
        p[j] = (float) (x[j] + s * (grey - x[j]));
      }
      return p;
    }
  }

  /** To the negative, low + high − x. */
  record Inversion() implements Degradation {
    @Override
    public float[] at(double s, float[] x, Shape shape, Bounds bounds, Rng rng) {
      double sum = 2.0 * bounds.low() + width(bounds, this);
      float[] p = new float[x.length];
      for (int j = 0; j < p.length; j++) {
        p[j] = (float) (x[j] + s * (sum - 2.0 * x[j]));
      }
      return p;
    }
  }

  /**
   * To an image of uniform noise.
   *
   * @param ends how many noises are tried: those of one kind tend to be of one class
   */
  record BlendedNoise(int ends) implements Degradation {
    @Override
    public float[] at(double s, float[] x, Shape shape, Bounds bounds, Rng rng) {
      double width = width(bounds, this);
      float[] p = new float[x.length];
      for (int j = 0; j < p.length; j++) {
        double noise = bounds.low() + width * rng.uniformDouble(j);
        p[j] = (float) (x[j] + s * (noise - x[j]));
      }
      return p;
    }
  }

  /**
   * Wider and wider Gaussian blur along the last two axes, reflected at the edges and cut off at 4
   * σ, as SciPy's {@code gaussian_filter} does it; σ = s · {@code sigma} pixels.
   *
   * @param sigma in pixels; 0 means the longer side of the image
   */
  record Blur(double sigma) implements Degradation {
    @Override
    public float[] at(double s, float[] x, Shape shape, Bounds bounds, Rng rng) {
      if (shape.rank() < 2) {
        throw new AttackException(
            "a blur needs images [C, H, W], an input here is "
                + shape
                + ": take another degradation");
      }
      int h = shape.dim(shape.rank() - 2);
      int w = shape.dim(shape.rank() - 1);
      double pixels = s * (sigma > 0 ? sigma : Math.max(h, w));
      double[][] down = gaussian(pixels, h);
      double[][] across = gaussian(pixels, w);
      float[] p = new float[x.length];
      for (int plane = 0; plane < x.length; plane += h * w) {
        blur(x, p, plane, down, across);
      }
      return p;
    }

    /** p = down · x · acrossᵀ for the plane that begins here. */
    private static void blur(float[] x, float[] p, int plane, double[][] down, double[][] across) {
      int h = down.length;
      int w = across.length;
      double[] row = new double[w];
      for (int r = 0; r < h; r++) {
        Arrays.fill(row, 0);
        for (int q = 0; q < h; q++) {
          for (int c = 0; c < w; c++) {
            row[c] += down[r][q] * x[plane + q * w + c];
          }
        }
        for (int c = 0; c < w; c++) {
          double sum = 0;
          for (int q = 0; q < w; q++) {
            sum += across[c][q] * row[q];
          }
          p[plane + r * w + c] = (float) sum;
        }
      }
    }

    /** The blur of a line of n pixels as a matrix: what is past an end is its mirror image. */
    private static double[][] gaussian(double sigma, int n) {
      int radius = (int) (4 * sigma + 0.5);
      double sum = 0;
      for (int k = -radius; k <= radius; k++) {
        sum += weight(k, sigma);
      }
      double[][] g = new double[n][n];
      for (int r = 0; r < n; r++) {
        for (int k = -radius; k <= radius; k++) {
          int at = Math.floorMod(r + k, 2 * n);
          g[r][at < n ? at : 2 * n - 1 - at] += weight(k, sigma) / sum;
        }
      }
      return g;
    }

    private static double weight(int k, double sigma) {
      return k == 0 ? 1 : Math.exp(-0.5 * k * k / (sigma * sigma));
    }
  }

  /** The width of a range that must have one. */
  static double width(Bounds bounds, Object who) {
    if (!bounds.isClosed()) {
      throw new AttackException(
          who
              + " needs a range of valid inputs, the model's is "
              + bounds
              + ": give the model bounds, or start from given points");
    }
    return bounds.width();
  }
}
