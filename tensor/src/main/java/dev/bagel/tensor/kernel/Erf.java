package dev.bagel.tensor.kernel;

/** The error function, erf x = 2/√π ∫₀ˣ e^(−t²) dt, to better than 10⁻¹³. */
final class Erf {
  private static final double SCALE = 2 / Math.sqrt(Math.PI);

  private Erf() {}

  static double of(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x) || a == 0) {
      return x;
    }
    if (a > 6) { // 1 − erf 6 is 2·10⁻¹⁷
      return Math.signum(x);
    }
    return Math.signum(x) * (a < 2.5 ? series(a) : 1 - fraction(a));
  }

  /** Abramowitz and Stegun 7.1.6: erf x = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)). */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 1e-17; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return SCALE * Math.exp(-x * x) * sum;
  }

  /** Abramowitz and Stegun 7.1.14: erfc x as a continued fraction, evaluated from its tail. */
  private static double fraction(double x) {
    double f = 0;
    for (int n = 60; n > 0; n--) {
      f = n / 2.0 / (x + f);
    }
    return SCALE / 2 * Math.exp(-x * x) / (x + f);
  }
}
