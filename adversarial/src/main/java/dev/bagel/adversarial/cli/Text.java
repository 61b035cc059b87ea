package dev.bagel.adversarial.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people, the same in every country. */
final class Text {
  private static final MathContext FOUR = new MathContext(4);

  private Text() {}

  /** Four digits, no zeros at the end: 0.03137, 0.1, 12. */
  static String number(double v) {
    if (!Double.isFinite(v)) {
      return "-";
    }
    return v == 0 ? "0" : new BigDecimal(v).round(FOUR).stripTrailingZeros().toPlainString();
  }

  /** A share as 12.34 %. */
  static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.2f %%", 100 * share) : "-";
  }

  static String seconds(double s) {
    return String.format(Locale.ROOT, "%.1f", s);
  }
}
