package dev.bagel.adversarial.image;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/** One picture in a file: PNG, JPEG, GIF (its first frame) or BMP. */
final class ImageFile {
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "jpg", "gif", "bmp");
  private static final long MOST_PIXELS = 64L << 20;
  private static final int OPAQUE = 255;

  /**
   * A byte of a deflated picture of one bit to a pixel is 1032 bytes of 8; nothing packs tighter.
   */
  private static final long MOST_PIXELS_PER_BYTE = 8 * 1032;

  private ImageFile() {}

  /** Whether a file's name promises a picture that can be read. */
  static boolean isNamed(Path file) {
    Path name = file.getFileName();
    String text = name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    return !text.startsWith(".") && FORMATS.contains(text.substring(text.lastIndexOf('.') + 1));
  }

  /**
   * Decodes a picture.
   *
   * @param shape [C, H, W] of one or three channels, which the picture must have
   * @param resize what makes it of this size; null if it must have it
   * @throws FormatException if it is no whole picture of this size
   */
  static Pixels read(Path file, Shape shape, Resize resize) throws IOException {
    String source = file.toString();
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      ImageReader reader = readers.hasNext() ? readers.next() : null;
      if (reader == null || !FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        throw broken(source, "no PNG, JPEG, GIF or BMP in its " + Files.size(file) + " bytes");
      }
      try {
        reader.setInput(in, true, true); // without metadata, which may unpack to anything
        checkSize(reader, shape, resize, in.length(), source);
        Pixels pixels = pixels(decode(reader, source), shape.dim(0) == 3, source);
        return resize == null ? pixels : fitted(resize.of(pixels), shape, source);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Pixels fitted(Pixels resized, Shape shape, String source) throws FormatException {
    if (resized.height() < shape.dim(1) || resized.width() < shape.dim(2)) {
      throw FormatException.of(
          source,
          "its size",
          "resized to " + resized.width() + " × " + resized.height() + " (width × height)",
          "the model takes " + shape.dim(2) + " × " + shape.dim(1) + ": resize to that or more");
    }
    return resized.centre(shape.dim(1), shape.dim(2));
  }

  /** The header alone says how large the picture is: nothing is unpacked before this. */
  private static void checkSize(
      ImageReader reader, Shape shape, Resize resize, long bytes, String source)
      throws IOException {
    int width;
    int height;
    try {
      width = reader.getWidth(0);
      height = reader.getHeight(0);
    } catch (IOException | RuntimeException e) {
      throw broken(source, "its header cannot be read: " + e.getMessage()).because(e);
    }
    checkPixels(height, width, source);
    if ((long) width * height > bytes * MOST_PIXELS_PER_BYTE) {
      throw broken(source, width + " × " + height + " pixels in " + bytes + " bytes");
    }
    if (resize != null) {
      int[] sides = resize.sides(height, width);
      checkPixels(sides[0], sides[1], source);
    } else if (height != shape.dim(1) || width != shape.dim(2)) {
      throw FormatException.of(
          source,
          "its header",
          "a picture of " + width + " × " + height + " (width × height)",
          "the model takes " + shape.dim(2) + " × " + shape.dim(1) + ": resize it (--resize)");
    }
  }

  private static void checkPixels(int height, int width, String source) throws FormatException {
    if (width < 1 || height < 1 || (long) width * height > MOST_PIXELS) {
      throw FormatException.of(
          source,
          "its header",
          width + " × " + height + " pixels",
          "one pixel is the least, and 64 megapixels are the limit");
    }
  }

  /** Readers warn about a file that was cut off and make the rest up; here that is an error. */
  private static BufferedImage decode(ImageReader reader, String source) throws IOException {
    StringBuilder warnings = new StringBuilder();
    reader.addIIOReadWarningListener((r, warning) -> warnings.append(warning).append(' '));
    BufferedImage image;
    try {
      image = reader.read(0);
    } catch (IOException | RuntimeException e) { // readers throw either on a broken file
      throw broken(source, "it cannot be decoded: " + e.getMessage()).because(e);
    }
    String text = warnings.toString().toLowerCase(Locale.ROOT);
    if (text.contains("premature") || text.contains("corrupt") || text.contains("truncated")) {
      throw broken(source, "damaged: " + warnings.toString().strip());
    }
    return image;
  }

  private static Pixels pixels(BufferedImage image, boolean colour, String source)
      throws FormatException {
    int width = image.getWidth();
    int plane = image.getHeight() * width;
    byte[] values = new byte[colour ? 3 * plane : plane];
    boolean grey = isGrey(image);
    for (int i = 0; i < plane; i++) {
      int x = i % width;
      int y = i / width;
      int rgb = grey ? grey(image, x, y) * 0x010101 | OPAQUE << 24 : image.getRGB(x, y);
      if (rgb >>> 24 != OPAQUE || !isOpaque(image, x, y)) {
        throw FormatException.of(
            source, "pixel " + x + ", " + y, "transparency", "flatten it onto a background first");
      }
      if (colour) {
        values[i] = (byte) (rgb >> 16);
        values[plane + i] = (byte) (rgb >> 8);
        values[2 * plane + i] = (byte) rgb;
      } else {
        values[i] = (byte) luma(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
      }
    }
    return new Pixels(colour ? 3 : 1, image.getHeight(), width, values);
  }

  /** Rec. 601 in 16 bits, rounded, as most programs turn colour into grey; exact for grey. */
  private static int luma(int red, int green, int blue) {
    return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  }

  /**
   * Whether the samples are brightness. Java takes them for linear light and getRGB would brighten
   * them, so they are read as they are.
   */
  private static boolean isGrey(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    return colours instanceof ComponentColorModel
        && colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  private static int grey(BufferedImage image, int x, int y) {
    int bits = image.getColorModel().getComponentSize(0);
    int most = (1 << bits) - 1;
    return (image.getRaster().getSample(x, y, 0) * 255 + most / 2) / most;
  }

  private static boolean isOpaque(BufferedImage image, int x, int y) {
    Raster alpha = isGrey(image) ? image.getAlphaRaster() : null;
    if (alpha == null) {
      return true;
    }
    int bits = image.getColorModel().getComponentSize(image.getColorModel().getNumComponents() - 1);
    return alpha.getSample(x, y, 0) == (1 << bits) - 1;
  }

  private static FormatException broken(String source, String what) {
    return FormatException.of(
        source, "its content", what, "save it again as PNG, or take it out of the folder");
  }
}
