package dev.bagel.adversarial.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
  private static final Shape COLOUR = Shape.of(3, 9, 7);
  private static final Shape GREY = Shape.of(1, 9, 7);
  @TempDir Path folder;

  /** Random eighths of a bit: values b / 255. */
  private static Tensor picture(Shape shape, int seed) {
    float[] v = new float[shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = Rng.of(seed).below(i, 256) / 255f;
    }
    return Tensor.of(shape, v);
  }

  private static Tensor read(Path file, Shape shape) throws IOException {
    return ImageFiles.at(file).read(shape).all().x().reshape(shape);
  }

  @Test
  void pngFilesAreReadBackExactly() throws IOException {
    for (Shape shape : List.of(GREY, COLOUR)) {
      Path file = folder.resolve("a.png");
      Tensor x = picture(shape, 1);
      PngFile.write(file, x, Bounds.UNIT);
      assertEquals(x, read(file, shape));
    }
  }

  @Test
  void greyIsSpreadAndColourIsWeighed() throws IOException {
    Path file = folder.resolve("a.png");
    PngFile.write(file, picture(GREY, 2), Bounds.UNIT);
    Tensor spread = read(file, COLOUR);
    Tensor grey = read(file, GREY).reshape(63);
    for (int c = 0; c < 3; c++) {
      assertEquals(grey, spread.reshape(3, 63).rows(c).reshape(63));
    }
    Tensor x = picture(COLOUR, 3);
    PngFile.write(file, x, Bounds.UNIT);
    Tensor luma = read(file, GREY);
    for (int i = 0; i < 63; i++) {
      double y = 0.299 * x.get(i) + 0.587 * x.get(63 + i) + 0.114 * x.get(126 + i);
      assertEquals(y, luma.get(i), 1 / 255.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void everyFormatIsReadAndACutOneIsRefused(String format) throws IOException {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, Rng.of(4).below(i, 1 << 24) & 0xe0e0e0);
    }
    Path file = folder.resolve("a." + format);
    assertTrue(ImageIO.write(image, format, file.toFile()));
    Shape shape = Shape.of(3, 64, 64);
    assertTrue(read(file, shape).sum().item() > 0);
    byte[] bytes = Files.readAllBytes(file);
    for (double share : new double[] {0.1, 0.5, 0.9}) {
      Files.write(file, Arrays.copyOf(bytes, (int) (share * bytes.length)));
      FormatException e =
          assertThrows(FormatException.class, () -> read(file, shape), format + " " + share);
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
  }

  @Test
  void aBombIsRefusedByItsHeader() throws IOException {
    byte[] png = PngFile.bytes(picture(GREY, 5), Bounds.UNIT);
    ByteBuffer b = ByteBuffer.wrap(png); // signature 8, length 4, IHDR 4, width 4, height 4
    b.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    b.putInt(29, (int) crc.getValue());
    Path file = folder.resolve("bomb.png");
    Files.write(file, png);
    FormatException e = assertThrows(FormatException.class, () -> read(file, GREY));
    assertTrue(e.getMessage().contains("60000 × 60000"), e.getMessage());
  }

  @Test
  void foldersAreClassesInTheOrderOfTheirNames() throws IOException {
    for (String name : List.of("zebra/1.png", "apple/1.png", "apple/2.PNG", "apple/notes.txt")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      PngFile.write(file, picture(GREY, name.hashCode()), Bounds.UNIT);
    }
    assertTrue(ImageFiles.isAt(folder));
    ImageFiles files = ImageFiles.at(folder);
    Dataset data = files.read(GREY);
    assertTrue(files.isLabelled());
    assertArrayEquals(new int[] {0, 0, 1}, data.labels());
    assertEquals(List.of("apple", "zebra"), data.classNames());
    assertEquals(
        data.batch(1, 2).x(), files.slice(1, 2).read(GREY).all().x(), "a slice reads the same");
    assertFalse(ImageFiles.at(folder.resolve("apple")).isLabelled());
    assertFalse(ImageFiles.isAt(folder.resolve("apple/notes.txt")));
  }

  @Test
  void foldersNamedByNumbersHaveTheseLabels() throws IOException {
    for (String name : List.of("10", "2")) {
      Path file = Files.createDirectories(folder.resolve(name)).resolve("a.png");
      PngFile.write(file, picture(GREY, 6), Bounds.UNIT);
    }
    Dataset data = ImageFiles.at(folder).read(GREY);
    assertArrayEquals(new int[] {2, 10}, data.labels());
    assertEquals(11, data.classes());
  }

  @Test
  void transparencyIsRefused() throws IOException {
    Path file = folder.resolve("a.png");
    BufferedImage image = new BufferedImage(7, 9, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(3, 3, 0x80ffffff);
    ImageIO.write(image, "png", file.toFile());
    FormatException e = assertThrows(FormatException.class, () -> read(file, COLOUR));
    assertTrue(e.getMessage().contains("transparency"), e.getMessage());
  }

  @Test
  void perturbationsAreShownAroundGrey() {
    Tensor delta = Tensor.of(Shape.of(1, 1, 3), -0.1f, 0, 0.05f);
    assertEquals(new Bounds(-0.1f, 0.1f), PngFile.around(delta));
    assertEquals(new Bounds(-1, 1), PngFile.around(Tensor.zeros(GREY)));
  }
}
