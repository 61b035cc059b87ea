package dev.bagel.adversarial.natural;

import dev.bagel.tensor.Rng;
import org.joml.Matrix3x2d;
import org.joml.Vector2d;

/** What is done to a picture after it was taken. */
final class Digital {
  private static final double[] CONTRAST = {0.75, 0.5, 0.4, 0.3, 0.15};
  private static final double[] CONTRAST_LARGE = {0.4, 0.3, 0.2, 0.1, 0.05};
  // how far, how smoothly, and how far three corners, in sizes of the picture
  private static final double[][] ELASTIC = {
    {0, 0, 0.08}, {0.05, 0.2, 0.07}, {0.08, 0.06, 0.06}, {0.1, 0.04, 0.05}, {0.1, 0.03, 0.03}
  };
  private static final double[][] ELASTIC_LARGE = {
    {2, 0.7, 0.1}, {2, 0.08, 0.2}, {0.05, 0.01, 0.02}, {0.07, 0.01, 0.02}, {0.12, 0.01, 0.02}
  };
  private static final double[] PIXELATE = {0.95, 0.9, 0.85, 0.75, 0.65};
  private static final double[] PIXELATE_LARGE = {0.6, 0.5, 0.4, 0.3, 0.25};
  private static final double[] JPEG = {80, 65, 58, 50, 40};
  private static final double[] JPEG_LARGE = {25, 18, 15, 10, 7};

  private Digital() {}

  /** Nearer to the mean of each channel. */
  static Picture contrast(Picture x, Severity s, Rng rng) {
    double c = s.of(CONTRAST, CONTRAST_LARGE);
    Picture y = x.empty();
    for (int k = 0; k < x.channels; k++) {
      double mean = 0;
      for (int p = 0; p < x.area(); p++) {
        mean += x.v[k * x.area() + p] / x.area();
      }
      for (int p = 0; p < x.area(); p++) {
        int i = k * x.area() + p;
        y.v[i] = (float) ((x.v[i] - mean) * c + mean);
      }
    }
    return y;
  }

  /** A random affine map, then pulled here and there. */
  static Picture elastic(Picture x, Severity s, Rng rng) {
    double[] c = s.of(ELASTIC, ELASTIC_LARGE);
    int size = Math.min(x.height, x.width);
    Picture turned = affine(x, c[2] * size, rng.at("affine"));
    Picture right = field(x, c[1] * size, rng.at("right"));
    Picture down = field(x, c[1] * size, rng.at("down"));
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      int p = i % x.area();
      double row = Math.floorDiv(p, x.width) + c[0] * size * down.v[p];
      double column = p % x.width + c[0] * size * right.v[p];
      y.v[i] = (float) turned.at(i / x.area(), row, column, Picture.Border.MIRROR);
    }
    return y;
  }

  private static Picture field(Picture x, double sigma, Rng rng) {
    Picture noise = new Picture(1, x.height, x.width);
    for (int i = 0; i < noise.v.length; i++) {
      noise.v[i] = (float) (2 * rng.uniformDouble(i) - 1);
    }
    return noise.gaussian(sigma, 3, Picture.Border.MIRROR);
  }

  /** Three corners of a square in the middle move by up to {@code far} pixels along each axis. */
  private static Picture affine(Picture x, double far, Rng rng) {
    double half = Math.floorDiv(Math.min(x.height, x.width), 3);
    double cx = Math.floorDiv(x.width, 2);
    double cy = Math.floorDiv(x.height, 2);
    double[] from = {cx + half, cy + half, cx + half, cy - half, cx - half, cy - half};
    double[] to = new double[6];
    for (int i = 0; i < 6; i++) {
      to[i] = from[i] + far * (2 * rng.uniformDouble(i) - 1);
    }
    Matrix3x2d back = frame(from).mul(frame(to).invert());
    Vector2d at = new Vector2d();
    Picture y = x.empty();
    for (int i = 0; i < y.v.length; i++) {
      back.transformPosition(i % x.width, Math.floorDiv(i % x.area(), x.width), at);
      y.v[i] = (float) x.at(i / x.area(), at.y, at.x, Picture.Border.MIRROR);
    }
    return y;
  }

  /** The map from (0, 0), (1, 0), (0, 1) to three points. */
  private static Matrix3x2d frame(double... p) {
    return new Matrix3x2d(p[2] - p[0], p[3] - p[1], p[4] - p[0], p[5] - p[1], p[0], p[1]);
  }

  /** Fewer pixels, each the mean of what it covers, and then as many as before. */
  static Picture pixelate(Picture x, Severity s, Rng rng) {
    double c = s.of(PIXELATE, PIXELATE_LARGE);
    int h = Math.max(1, (int) (x.height * c));
    int w = Math.max(1, (int) (x.width * c));
    Picture y = x.empty();
    for (int i = 0; i < x.channels * h * w; i++) {
      double top = (double) (i / w % h) * x.height / h;
      double left = (double) (i % w) * x.width / w;
      double mean = mean(x, i / (h * w), top, left, (double) x.height / h, (double) x.width / w);
      for (int row = nearest(top); row < nearest(top + (double) x.height / h); row++) {
        for (int column = nearest(left); column < nearest(left + (double) x.width / w); column++) {
          y.v[(i / (h * w) * x.height + row) * x.width + column] = (float) mean;
        }
      }
    }
    return y;
  }

  /** The first pixel whose centre is not before an edge; sums of thirds must not move it. */
  private static int nearest(double edge) {
    return (int) Math.ceil(edge - 0.5 - 1e-9);
  }

  /** Over a box that may cut pixels. */
  private static double mean(
      Picture x, int channel, double top, double left, double high, double wide) {
    double sum = 0;
    for (int row = (int) top; row < Math.min(x.height, top + high); row++) {
      double rows = Math.min(row + 1, top + high) - Math.max(row, top);
      for (int column = (int) left; column < Math.min(x.width, left + wide); column++) {
        double columns = Math.min(column + 1, left + wide) - Math.max(column, left);
        sum += rows * columns * x.v[(channel * x.height + row) * x.width + column];
      }
    }
    return sum / (high * wide);
  }

  /** Written as a JPEG file of this quality and read again. */
  static Picture jpeg(Picture x, Severity s, Rng rng) {
    return Jpeg.again(x, s.of(JPEG, JPEG_LARGE) / 100);
  }
}
