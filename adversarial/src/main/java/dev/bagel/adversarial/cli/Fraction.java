package dev.bagel.adversarial.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number as people write it: 0.03, 1e-3, or 8/255. */
final class Fraction implements ITypeConverter<Double> {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");

  @Override
  public Double convert(String text) {
    String[] parts = text.split("/", -1);
    double value = parts.length > 2 ? Double.NaN : number(parts[0]);
    if (parts.length == 2) {
      value /= number(parts[1]);
    }
    if (!Double.isFinite(value)) {
      throw new TypeConversionException("'" + text + "' is not a number such as 0.03 or 8/255");
    }
    return value;
  }

  private static double number(String text) {
    return NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
  }
}
