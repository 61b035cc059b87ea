package dev.bagel.adversarial.image;

import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Tensors as PNG files of eight bits per channel. */
public final class PngFile {
  private PngFile() {}

  /** Whether a tensor of this shape can be a picture: [1, H, W] or [3, H, W], not empty. */
  public static boolean canShow(dev.bagel.tensor.Shape shape) {
    return shape.rank() == 3 && (shape.dim(0) == 1 || shape.dim(0) == 3) && shape.size() > 0;
  }

  /**
   * Writes a picture, whole or not at all.
   *
   * @param x [C, H, W], grey or red, green and blue
   * @param range what is black and what is white; what is beyond is that, too
   */
  public static void write(Path file, Tensor x, Bounds range) throws IOException {
    byte[] bytes = bytes(x, range);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** The content of a file. */
  public static byte[] bytes(Tensor x, Bounds range) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image(x, range), "png", out)) {
        throw new IllegalStateException("this Java cannot write PNG files");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** A perturbation [C, H, W] with its largest value at white or black, and 0 at mid-grey. */
  public static Bounds around(Tensor delta) {
    float most = 0;
    for (int i = 0; i < delta.size(); i++) {
      most = Math.max(most, Math.abs(delta.get(i)));
    }
    return most == 0 ? new Bounds(-1, 1) : new Bounds(-most, most);
  }

  private static BufferedImage image(Tensor x, Bounds range) {
    if (!canShow(x.shape())) {
      throw new IllegalArgumentException(
          "a picture of shape " + x.shape() + ": [1, H, W] or [3, H, W]");
    }
    int channels = x.shape().dim(0);
    int height = x.shape().dim(1);
    int width = x.shape().dim(2);
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster raster = image.getRaster();
    for (int i = 0; i < x.size(); i++) {
      int pixel = i % (height * width);
      float v = (x.get(i) - range.low()) / (range.high() - range.low());
      int level = Math.round(255 * Math.max(0, Math.min(1, v)));
      raster.setSample(pixel % width, pixel / width, i / (height * width), level);
    }
    return image;
  }
}
