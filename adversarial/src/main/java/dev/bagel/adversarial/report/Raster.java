package dev.bagel.adversarial.report;

import dev.bagel.adversarial.image.ColourMap;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Base64;

/**
 * A picture of eight bits a sample.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param samples row by row, the channels of a pixel side by side
 */
public record Raster(int width, int height, int channels, byte[] samples) {
  private static final int MOST_SQUARES = 96; // across

  /** Checks the sizes and keeps a copy. */
  public Raster {
    if (width < 1 || height < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          width + " × " + height + " pixels of " + channels + " channels: 1 or 3");
    }
    if (samples.length != width * height * channels) {
      throw new IllegalArgumentException(
          samples.length + " samples for " + width + " × " + height + " × " + channels);
    }
    samples = samples.clone();
  }

  @Override
  public byte[] samples() {
    return samples.clone();
  }

  /** An image [C, H, W] of values 0 … 1: in colour if C is 3, else the mean of its channels. */
  public static Raster image(Tensor x) {
    Shape s = shape(x);
    int c = s.dim(0) == 3 ? 3 : 1;
    int area = s.dim(1) * s.dim(2);
    byte[] samples = new byte[area * c];
    for (int p = 0; p < area; p++) {
      for (int k = 0; k < c; k++) {
        float v = c == 3 ? x.get(k * area + p) : mean(x, p, area);
        samples[p * c + k] = (byte) Math.round(255 * Math.min(1, Math.max(0, v)));
      }
    }
    return new Raster(s.dim(2), s.dim(1), c, samples);
  }

  /**
   * What an attack added, from blue ({@code −scale}) by white (0) to red ({@code scale}); the mean
   * over the channels.
   */
  public static Raster change(Tensor from, Tensor to, double scale) {
    Tensor delta = to.sub(from);
    Shape s = shape(delta);
    int area = s.dim(1) * s.dim(2);
    float[] shares = new float[area];
    for (int p = 0; p < area; p++) {
      shares[p] = (float) (mean(delta, p, area) / scale);
    }
    return image(ColourMap.DIVERGING.of(Tensor.wrap(s.sub(1, 3), shares)));
  }

  /** The scale of {@link #change}, from left to right. */
  public static Raster scale(int width, int height) {
    float[] shares = new float[width * height];
    for (int p = 0; p < shares.length; p++) {
      shares[p] = 2f * (p % width) / Math.max(1, width - 1) - 1;
    }
    return image(ColourMap.DIVERGING.of(Tensor.wrap(Shape.of(height, width), shares)));
  }

  /** The style of a picture [C, H, W]: {@code pixels}, which are to be seen, or {@code photo}. */
  static String kind(Tensor x) {
    return shape(x).dim(2) > MOST_SQUARES ? "photo" : "pixels";
  }

  /** The same with every pixel {@code n} × {@code n} times. */
  public Raster enlarged(int n) {
    byte[] large = new byte[samples.length * n * n];
    for (int y = 0; y < height * n; y++) {
      for (int x = 0; x < width * n; x++) {
        int from = (y / n * width + x / n) * channels;
        System.arraycopy(samples, from, large, (y * width * n + x) * channels, channels);
      }
    }
    return new Raster(width * n, height * n, channels, large);
  }

  /** The picture as an address that holds all of it. */
  public String address() {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(Png.encode(this));
  }

  private static float mean(Tensor x, int pixel, int area) {
    float sum = 0;
    int channels = x.size() / area;
    for (int c = 0; c < channels; c++) {
      sum += x.get(c * area + pixel);
    }
    return sum / channels;
  }

  private static Shape shape(Tensor x) {
    if (x.shape().rank() != 3) {
      throw new IllegalArgumentException("a picture of " + x.shape() + ": [C, H, W]");
    }
    return x.shape();
  }
}
