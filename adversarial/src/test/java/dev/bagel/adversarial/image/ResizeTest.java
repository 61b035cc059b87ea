package dev.bagel.adversarial.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Seeded.class)
class ResizeTest {
  @TempDir Path folder;

  /** A picture with slopes and jumps that every language can make. */
  private static Pixels picture(int height, int width) {
    byte[] values = new byte[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      int x = i % width;
      int y = i / width % height;
      int c = i / (width * height);
      values[i] = (byte) ((x * x * 7 + y * y * 13 + x * y * 5 + c * 83) >> 1);
    }
    return new Pixels(3, height, width, values);
  }

  /** Pillow 12.3, {@code resize((width, height), Image.BILINEAR)}: the CRC-32 of the bytes. */
  @ParameterizedTest
  @CsvSource({
    "16, 11, 1628009102",
    "50, 31, 3113015303",
    "37, 11, 3769429751",
    "12, 23, 239759871",
    "5, 40, 1431143033",
    "1, 1, 2270373669"
  })
  void bytesAreThoseOfPillow(int height, int width, long crc) {
    Pixels resized = new Resize(height, width, true).of(picture(37, 23));
    CRC32 found = new CRC32();
    found.update(resized.values());
    assertEquals(crc, found.getValue());
  }

  @Test
  void itsOwnSizeIsThePictureItself() {
    Pixels x = picture(9, 7);
    assertArrayEquals(x.values(), new Resize(9, 7, true).of(x).values());
    assertArrayEquals(x.values(), new Resize(9, 7, false).of(x).values());
  }

  /** A half of the size: four pixels' mean without smoothing, since centres are between them. */
  @Test
  void withoutSmoothingOnlyTheNearestPixelsCount(Rng rng) {
    byte[] values = new byte[8 * 12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) rng.below(i, 256);
    }
    Pixels x = new Pixels(1, 8, 12, values);
    Pixels half = new Resize(4, 6, true).plain().of(x);
    for (int i = 0; i < 24; i++) {
      int corner = i / 6 * 2 * 12 + i % 6 * 2;
      int sum = 0;
      for (int p : new int[] {corner, corner + 1, corner + 12, corner + 13}) {
        sum += values[p] & 255;
      }
      assertEquals(sum / 4.0, half.values()[i] & 255, 1);
    }
  }

  @Test
  void theShorterSideDecidesAndTheMiddleIsCutOut() {
    assertArrayEquals(new int[] {256, 384}, Resize.shorterSide(256).sides(333, 500));
    assertArrayEquals(new int[] {341, 256}, Resize.shorterSide(256).sides(500, 375));
    Pixels x = picture(9, 8);
    Pixels cut = x.centre(4, 5); // 2.5 rows above become 2, 1.5 columns before become 2
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 4; y++) {
        for (int z = 0; z < 5; z++) {
          assertEquals(x.values()[(c * 9 + y + 2) * 8 + z + 2], cut.values()[(c * 4 + y) * 5 + z]);
        }
      }
    }
  }

  @Test
  void picturesOfAnySizeBecomeABatch(Rng rng) throws IOException {
    Shape example = Shape.of(3, 6, 5);
    for (int i = 0; i < 2; i++) {
      Tensor x = Tensor.uniform(Shape.of(3, 20 + 7 * i, 9 + 8 * i), 0, 1, rng.at(i));
      PngFile.write(folder.resolve(i + ".png"), x, Bounds.UNIT);
    }
    Tensor batch = ImageFiles.at(folder).read(example, Resize.shorterSide(8)).all().x();
    assertEquals(Shape.of(2, 3, 6, 5), batch.shape());
    FormatException small =
        assertThrows(
            FormatException.class,
            () -> ImageFiles.at(folder).read(example, new Resize(6, 4, true)));
    assertTrue(small.getMessage().contains("resized to 4 × 6"), small.getMessage());
  }
}
