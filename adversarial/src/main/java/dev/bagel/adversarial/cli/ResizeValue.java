package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.Resize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size as people write it: 256x256 is height by width, 256 is the shorter side. */
final class ResizeValue implements ITypeConverter<Resize> {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})(?:[x×]([0-9]{1,6}))?");

  @Override
  public Resize convert(String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw new TypeConversionException("'" + text + "' is not a size such as 256x256 or 256");
    }
    try {
      int first = Integer.parseInt(m.group(1));
      return m.group(2) == null
          ? Resize.shorterSide(first)
          : new Resize(first, Integer.parseInt(m.group(2)), true);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
