package dev.bagel.adversarial.image;

/**
 * Another number of pixels by bilinear interpolation, along rows and then along columns, each time
 * rounded to bytes. The weights are those of Pillow's {@code BILINEAR}: a triangle around the
 * centre of the new pixel, with sums in 22 bits after the point, so that results are the same.
 */
final class Resampling {
  private static final int BITS = 22;
  private static final int HALF = 1 << (BITS - 1);

  private Resampling() {}

  /** Which old pixels, from {@code first[i]} on, make new pixel i, and with which weights. */
  private record Taps(int[] first, int[][] weights) {
    static Taps of(int in, int out, boolean antialias) {
      double scale = (double) in / out;
      double reach = antialias ? Math.max(1, scale) : 1;
      int[] first = new int[out];
      int[][] weights = new int[out][];
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale;
        first[i] = Math.max(0, (int) (centre - reach + 0.5));
        int end = Math.min(in, (int) (centre + reach + 0.5));
        weights[i] = weights(centre, reach, first[i], end);
      }
      return new Taps(first, weights);
    }

    private static int[] weights(double centre, double reach, int first, int end) {
      double[] w = new double[end - first];
      double sum = 0;
      for (int j = 0; j < w.length; j++) {
        w[j] = Math.max(0, 1 - Math.abs((first + j - centre + 0.5) / reach));
        sum += w[j];
      }
      int[] fixed = new int[w.length];
      for (int j = 0; j < w.length; j++) {
        fixed[j] = (int) (0.5 + w[j] / sum * (1 << BITS));
      }
      return fixed;
    }
  }

  static Pixels of(Pixels x, int height, int width, boolean antialias) {
    byte[] rows = x.values();
    if (width != x.width()) {
      rows = along(rows, x.channels() * x.height(), x.width(), 1, width, antialias);
    }
    if (height != x.height()) {
      rows = along(rows, x.channels(), x.height(), width, height, antialias);
    }
    return new Pixels(x.channels(), height, width, rows);
  }

  /** Resizes the middle axis: [outer, in, inner] → [outer, out, inner]. */
  private static byte[] along(byte[] x, int outer, int in, int inner, int out, boolean antialias) {
    Taps taps = Taps.of(in, out, antialias);
    byte[] y = new byte[outer * out * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < out; i++) {
        int from = (o * in + taps.first[i]) * inner;
        int to = (o * out + i) * inner;
        for (int k = 0; k < inner; k++) {
          int sum = HALF;
          for (int j = 0; j < taps.weights[i].length; j++) {
            sum += (x[from + j * inner + k] & 255) * taps.weights[i][j];
          }
          y[to + k] = (byte) Math.min(255, sum >> BITS);
        }
      }
    }
    return y;
  }
}
