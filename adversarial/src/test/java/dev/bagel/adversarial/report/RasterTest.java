package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RasterTest {
  private static final Shape THREE = Shape.of(1, 1, 3);

  @Test
  void noChangeIsNearlyWhiteAndTheEndsAreBlueAndRed() {
    Tensor delta = Tensor.of(THREE, -0.05f, 0, 0.05f);
    Raster change = Raster.change(Tensor.zeros(THREE), delta, 0.05);
    assertArrayEquals(bytes(33, 102, 172, 247, 247, 247, 178, 24, 43), change.samples());
  }

  @Test
  void whatIsBeyondTheScaleHasTheColourOfItsEnd() {
    Tensor delta = Tensor.of(THREE, -7, 0, 7);
    Raster change = Raster.change(Tensor.zeros(THREE), delta, 0.05);
    assertArrayEquals(bytes(33, 102, 172, 247, 247, 247, 178, 24, 43), change.samples());
  }

  @Test
  void greyAndColourImagesKeepTheirChannelsAndOthersAreAveraged() {
    assertArrayEquals(bytes(0, 128, 255), Raster.image(Tensor.of(THREE, 0, 0.5f, 1)).samples());
    Tensor rgb = Tensor.of(Shape.of(3, 1, 1), 1, 0.5f, 0);
    assertArrayEquals(bytes(255, 128, 0), Raster.image(rgb).samples());
    Tensor two = Tensor.of(Shape.of(2, 1, 1), 1, 0);
    assertArrayEquals(bytes(128), Raster.image(two).samples());
  }

  @Test
  void enlargingRepeatsPixels() {
    Raster small = new Raster(2, 1, 1, bytes(1, 2));
    assertArrayEquals(bytes(1, 1, 2, 2, 1, 1, 2, 2), small.enlarged(2).samples());
  }

  @Test
  void aVectorIsNoPicture() {
    assertThrows(IllegalArgumentException.class, () -> Raster.image(Tensor.zeros(Shape.of(784))));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
