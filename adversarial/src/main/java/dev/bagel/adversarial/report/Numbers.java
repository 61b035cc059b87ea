package dev.bagel.adversarial.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them; the same in every country. */
final class Numbers {
  private static final double SMALLEST_SHARE = 0.001;
  private static final int LEVELS = 255;
  private static final int MOST_LEVELS = 32; // 1 is better known than 255/255

  private Numbers() {}

  /** 0.8412 → 84.1 %, with a space that does not break. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }

  /** 0.05 → 0.05, without zeros at the end. */
  static String plain(double x) {
    return BigDecimal.valueOf(x).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** A radius: in grey levels if it is a whole number of them, as 2/255. */
  static String radius(double x) {
    long levels = Math.round(LEVELS * x);
    boolean whole = levels > 0 && Math.abs(levels - LEVELS * x) < 1e-9;
    return whole && levels <= MOST_LEVELS ? levels + "/" + LEVELS : plain(x);
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
