package dev.bagel.adversarial.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them; the same in every country. */
final class Numbers {
  private static final double SMALLEST_SHARE = 0.001;

  private Numbers() {}

  /** 0.8412 → 84.1 %, with a space that does not break. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }

  /** 0.05 → 0.05, without zeros at the end. */
  static String plain(double x) {
    return BigDecimal.valueOf(x).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** A probability: a percentage, or 1 in so many if it is small. */
  static String odds(double p) {
    if (p >= SMALLEST_SHARE) {
      return percent(p);
    }
    if (p < 1e-15) {
      return "less than 1 in 10¹⁵";
    }
    BigDecimal oneIn = BigDecimal.valueOf(1 / p).round(new MathContext(2));
    return String.format(Locale.ROOT, "1 in %,.0f", oneIn);
  }

  static String seconds(double s) {
    return String.format(Locale.ROOT, "%.1f\u00a0s", s);
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** Percentage points lost, as a whole number: from 0.857 to 0.836 it is 2. */
  static String points(double from, double to) {
    long n = Math.round(100 * (from - to));
    return n + (n == 1 ? " point" : " points");
  }
}
