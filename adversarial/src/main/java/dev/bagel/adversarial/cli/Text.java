package dev.bagel.adversarial.cli;

import dev.bagel.tensor.io.EntryNames;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers and names for people: the same in every country, and harmless on a terminal. */
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

  /**
   * A name on one line: what stands in files may try to move the cursor, or to turn the order of
   * what is read.
   */
  static String oneLine(String s) {
    return s.codePoints()
        .map(c -> EntryNames.isPrintable(c) ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Every line of a text as {@link #oneLine}. */
  static String lines(String s) {
    return s.lines().map(Text::oneLine).collect(Collectors.joining(System.lineSeparator()));
  }

  static String seconds(double s) {
    return String.format(Locale.ROOT, "%.1f", s);
  }
}
