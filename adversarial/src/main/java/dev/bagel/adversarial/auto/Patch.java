package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Norm;

/**
 * The pattern of a patch in ℓ2 and ℓ1, of length 1: two halves of opposite sign, each with a peak
 * in its middle that falls off in steps. Andriushchenko et al. 2020, Eq. (2) and Figure 3.
 *
 * @param h its height
 * @param w its width
 * @param values row by row
 */
record Patch(int h, int w, double... values) {
  /**
   * A pattern.
   *
   * @param across whether the halves lie side by side instead of one below the other; so they do if
   *     there is one row only
   */
  static Patch of(Norm norm, int h, int w, boolean across) {
    if (h < 2 ? w >= 2 : across && w >= 2) {
      return of(norm, w, h, false).turned();
    }
    double[] v = new double[h * w];
    peak(v, 0, h / 2, w, 1);
    peak(v, h / 2, h - h / 2, w, -1);
    double length = 0;
    for (double x : v) {
      length += norm == Norm.L1 ? Math.abs(x) : x * x;
    }
    length = norm == Norm.L1 ? length : Math.sqrt(length);
    for (int i = 0; i < v.length; i++) {
      v[i] /= length;
    }
    return new Patch(h, w, v);
  }

  /**
   * Adds Σₖ 1/(k+1)² over squares of growing size around the middle of rows top … top + h − 1, of
   * length 1.
   */
  private static void peak(double[] v, int top, int h, int w, double sign) {
    int middleY = h / 2;
    int middleX = w / 2;
    double square = 0;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int first = Math.max(Math.abs(y - middleY), Math.abs(x - middleX));
        double sum = 0;
        for (int k = first; k <= Math.max(middleY, middleX); k++) {
          sum += 1.0 / ((k + 1) * (k + 1));
        }
        v[(top + y) * w + x] = sign * sum;
        square += sum * sum;
      }
    }
    for (int i = top * w; i < (top + h) * w; i++) {
      v[i] /= Math.sqrt(square);
    }
  }

  private Patch turned() {
    double[] t = new double[values.length];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        t[x * h + y] = values[y * w + x];
      }
    }
    return new Patch(w, h, t);
  }
}
