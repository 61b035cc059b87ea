package dev.bagel.adversarial.natural;

import java.util.function.DoubleUnaryOperator;

/**
 * One picture under work, of values from 0 (black) to 1 (white); in between they may leave this
 * range. Channel by channel, row by row.
 */
final class Picture {
  final int channels;
  final int height;
  final int width;
  final float[] v;

  Picture(int channels, int height, int width, float... v) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.v = v;
  }

  Picture(int channels, int height, int width) {
    this(channels, height, width, new float[channels * height * width]);
  }

  /** Another picture of this size. */
  Picture empty() {
    return new Picture(channels, height, width);
  }

  int area() {
    return height * width;
  }

  /** What stands beyond the border. */
  enum Border {
    /** … c b | a b c d | c b … */
    MIRROR {
      @Override
      int inside(int i, int length) {
        int period = Math.max(1, 2 * (length - 1));
        int k = Math.floorMod(i, period);
        return k < length ? k : period - k;
      }
    },
    /** … a a | a b c d | d d … */
    NEAREST {
      @Override
      int inside(int i, int length) {
        return Math.max(0, Math.min(length - 1, i));
      }
    };

    abstract int inside(int i, int length);
  }

  float at(int channel, int row, int column, Border border) {
    int r = border.inside(row, height);
    int c = border.inside(column, width);
    return v[(channel * height + r) * width + c];
  }

  /** Between pixels, bilinearly. */
  double at(int channel, double row, double column, Border border) {
    int r = (int) Math.floor(row);
    int c = (int) Math.floor(column);
    double fr = row - r;
    double fc = column - c;
    double above = (1 - fc) * at(channel, r, c, border) + fc * at(channel, r, c + 1, border);
    double below =
        (1 - fc) * at(channel, r + 1, c, border) + fc * at(channel, r + 1, c + 1, border);
    return (1 - fr) * above + fr * below;
  }

  Picture map(DoubleUnaryOperator f) {
    Picture y = empty();
    for (int i = 0; i < v.length; i++) {
      y.v[i] = (float) f.applyAsDouble(v[i]);
    }
    return y;
  }

  double max() {
    double most = Double.NEGATIVE_INFINITY;
    for (float x : v) {
      most = Math.max(most, x);
    }
    return most;
  }

  /** How bright a pixel looks: Rec. 601. */
  double luma(int pixel) {
    return channels == 1
        ? v[pixel]
        : 0.299 * v[pixel] + 0.587 * v[area() + pixel] + 0.114 * v[2 * area() + pixel];
  }

  /** Convolved with a square kernel of odd side. */
  Picture filtered(double[][] kernel) {
    int reach = kernel.length / 2;
    Picture y = empty();
    for (int i = 0; i < v.length; i++) {
      int channel = i / area();
      int row = i % area() / width;
      int column = i % width;
      double sum = 0;
      for (int a = -reach; a <= reach; a++) {
        for (int b = -reach; b <= reach; b++) {
          double k = kernel[a + reach][b + reach];
          sum += k == 0 ? 0 : k * at(channel, row + a, column + b, Border.MIRROR);
        }
      }
      y.v[i] = (float) sum;
    }
    return y;
  }

  /** Convolved with a Gaussian that is cut at {@code truncate} deviations. */
  Picture gaussian(double sigma, double truncate, Border border) {
    int reach = (int) (truncate * sigma + 0.5);
    if (reach == 0) {
      return this;
    }
    double[] k = gaussianKernel(sigma, reach);
    Picture y = map(value -> value);
    for (int row = 0; row < channels * height; row++) {
      y.filterLine(row * width, 1, width, k, border);
    }
    for (int column = 0; column < channels * width; column++) {
      y.filterLine(column / width * area() + column % width, width, height, k, border);
    }
    return y;
  }

  /** Convolves one row or column in place. */
  private void filterLine(int from, int step, int length, double[] k, Border border) {
    int reach = k.length / 2;
    double[] line = new double[length + 2 * reach];
    for (int i = 0; i < line.length; i++) {
      line[i] = v[from + step * border.inside(i - reach, length)];
    }
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int j = 0; j < k.length; j++) {
        sum += k[j] * line[i + j];
      }
      v[from + step * i] = (float) sum;
    }
  }

  static double[] gaussianKernel(double sigma, int reach) {
    double[] k = new double[2 * reach + 1];
    double sum = 0;
    for (int i = 0; i < k.length; i++) {
      double t = (i - reach) / sigma;
      k[i] = Math.exp(-t * t / 2);
      sum += k[i];
    }
    for (int i = 0; i < k.length; i++) {
      k[i] /= sum;
    }
    return k;
  }

  /** Seen so many times nearer, about the centre. */
  Picture zoomed(double factor) {
    double cy = (height - 1) / 2.0;
    double cx = (width - 1) / 2.0;
    Picture y = empty();
    for (int i = 0; i < v.length; i++) {
      double row = cy + (Math.floorDiv(i % area(), width) - cy) / factor;
      double column = cx + (i % width - cx) / factor;
      y.v[i] = (float) at(i / area(), row, column, Border.NEAREST);
    }
    return y;
  }

  /**
   * Smeared along a direction as ImageMagick does: half a Gaussian of 2 · radius + 1 whole steps.
   */
  Picture smeared(int radius, double sigma, double degrees) {
    double[] k = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < k.length; i++) {
      k[i] = Math.exp(-i * i / (2 * sigma * sigma));
      sum += k[i];
    }
    double right = Math.cos(Math.toRadians(degrees));
    double down = Math.sin(Math.toRadians(degrees));
    Picture y = empty();
    for (int i = 0; i < v.length; i++) {
      double total = 0;
      for (int s = 0; s < k.length; s++) {
        int row = i % area() / width + (int) Math.round(s * down);
        int column = i % width + (int) Math.round(s * right);
        total += k[s] / sum * at(i / area(), row, column, Border.NEAREST);
      }
      y.v[i] = (float) total;
    }
    return y;
  }
}
