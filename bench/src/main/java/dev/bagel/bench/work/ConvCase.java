package dev.bagel.bench.work;

import dev.bagel.tensor.kernel.Conv;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A convolution of a batch of 32 square images, with stride 1 and padding that keeps their size.
 * Its text is {@code 3-64-3x3@32}: channels, filters, their size, and the size of the images.
 */
public record ConvCase(int in, int out, int kernel, int size) {
  private static final int BATCH = 32;
  private static final Pattern TEXT = Pattern.compile("(\\d+)-(\\d+)-(\\d+)x\\3@(\\d+)");

  /** The layers of Madry's MNIST net, then those of a ResNet-18 for CIFAR. */
  public static List<ConvCase> all() {
    return List.of(
        new ConvCase(1, 32, 5, 28),
        new ConvCase(32, 64, 5, 14),
        new ConvCase(3, 64, 3, 32),
        new ConvCase(64, 64, 3, 32),
        new ConvCase(128, 128, 3, 16),
        new ConvCase(256, 256, 3, 8),
        new ConvCase(512, 512, 3, 4));
  }

  /** The case that {@link #toString} gave. */
  public static ConvCase of(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no convolution such as 3-64-3x3@32");
    }
    return new ConvCase(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        Integer.parseInt(m.group(4)));
  }

  public Conv geometry() {
    int p = kernel / 2;
    return new Conv(BATCH, in, size, size, out, kernel, kernel, 1, 1, p, p, p, p, 1, 1, 1);
  }

  /** Floating-point operations of the direct sum, padding included. */
  public double flops() {
    return 2.0 * BATCH * out * size * size * in * kernel * kernel;
  }

  @Override
  public String toString() {
    return "%d-%d-%dx%d@%d".formatted(in, out, kernel, kernel, size);
  }
}
