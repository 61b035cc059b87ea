package dev.bagel.adversarial.natural;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Compression by JPEG, through the Java platform's own library. */
final class Jpeg {
  private static final int WHITE = 255;

  private Jpeg() {}

  /**
   * A picture after it was written and read.
   *
   * @param quality from 0 to 1; as a percentage it is what other programs mean by it
   */
  static Picture again(Picture x, double quality) {
    try {
      return picture(x, read(write(image(x), (float) quality)));
    } catch (IOException e) {
      throw new UncheckedIOException("reading and writing memory does not fail", e);
    }
  }

  private static BufferedImage image(Picture x) {
    int type = x.channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(x.width, x.height, type);
    for (int i = 0; i < x.v.length; i++) {
      int p = i % x.area();
      int level = (int) Math.round(WHITE * Math.max(0, Math.min(1, (double) x.v[i])));
      image.getRaster().setSample(p % x.width, p / x.width, i / x.area(), level);
    }
    return image;
  }

  private static byte[] write(BufferedImage image, float quality) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage read(byte[] bytes) throws IOException {
    return ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)));
  }

  /** Grey samples as they are stored: Java would take them for linear light. */
  private static Picture picture(Picture like, BufferedImage image) {
    Picture y = like.empty();
    for (int i = 0; i < y.v.length; i++) {
      int p = i % y.area();
      int column = p % y.width;
      int row = p / y.width;
      int level =
          like.channels == 1
              ? image.getRaster().getSample(column, row, 0)
              : image.getRGB(column, row) >> (16 - 8 * (i / y.area())) & WHITE;
      y.v[i] = (float) level / WHITE;
    }
    return y;
  }
}
