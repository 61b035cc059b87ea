package dev.bagel.adversarial.explain;

/**
 * Structural similarity of two grey pictures: Wang, Bovik, Sheikh and Simoncelli 2004, "Image
 * quality assessment: from error visibility to structural similarity", Eq. (13), averaged over all
 * square windows with equal weights. The paper's own windows are Gaussian, 11 × 11; maps of nets
 * are small.
 */
final class Ssim {
  private static final int WINDOW = 7;
  private static final double C1 = 0.01 * 0.01; // (K₁ L)², for a range L = 1
  private static final double C2 = 0.03 * 0.03;

  private Ssim() {}

  /** Of two pictures of nothing negative, row by row, each divided by its largest value. */
  static double of(float[] a, float[] b, int width) {
    int height = a.length / width;
    int h = Math.min(WINDOW, height);
    int w = Math.min(WINDOW, width);
    double[] x = scaled(a);
    double[] y = scaled(b);
    double sum = 0;
    for (int top = 0; top <= height - h; top++) {
      for (int left = 0; left <= width - w; left++) {
        sum += window(x, y, width, top, left, h, w);
      }
    }
    return sum / ((height - h + 1) * (width - w + 1));
  }

  private static double window(double[] x, double[] y, int width, int top, int left, int h, int w) {
    double mx = 0;
    double my = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int r = top; r < top + h; r++) {
      for (int i = r * width + left; i < r * width + left + w; i++) {
        mx += x[i];
        my += y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
        xy += x[i] * y[i];
      }
    }
    double n = h * w;
    mx /= n;
    my /= n;
    double unbiased = n == 1 ? 0 : n / (n - 1);
    double vx = (xx / n - mx * mx) * unbiased;
    double vy = (yy / n - my * my) * unbiased;
    double cov = (xy / n - mx * my) * unbiased;
    return (2 * mx * my + C1) * (2 * cov + C2) / ((mx * mx + my * my + C1) * (vx + vy + C2));
  }

  private static double[] scaled(float[] a) {
    float most = 0;
    for (float v : a) {
      most = Math.max(most, v);
    }
    double[] scaled = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      scaled[i] = most == 0 ? 0 : a[i] / (double) most;
    }
    return scaled;
  }
}
