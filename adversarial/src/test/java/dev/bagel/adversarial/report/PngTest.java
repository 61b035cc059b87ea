package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  @Test
  void anotherDecoderReadsTheSamePixels() throws IOException {
    Random random = new Random(7);
    for (int channels : new int[] {1, 3}) {
      for (int[] size : new int[][] {{1, 1}, {28, 28}, {31, 7}, {300, 2}}) {
        byte[] samples = new byte[size[0] * size[1] * channels];
        random.nextBytes(samples);
        Raster raster = new Raster(size[0], size[1], channels, samples);
        same(raster, ImageIO.read(new ByteArrayInputStream(Png.encode(raster))));
      }
    }
  }

  @Test
  void anAddressHoldsTheWholePicture() throws IOException {
    Raster raster = Raster.scale(9, 2);
    String address = raster.address();
    String head = "data:image/png;base64,";
    assertEquals(head, address.substring(0, head.length()));
    byte[] png = Base64.getDecoder().decode(address.substring(head.length()));
    same(raster, ImageIO.read(new ByteArrayInputStream(png)));
  }

  @Test
  void aPictureHasAsManySamplesAsItSays() {
    assertThrows(IllegalArgumentException.class, () -> new Raster(2, 2, 1, new byte[3]));
    assertThrows(IllegalArgumentException.class, () -> new Raster(2, 2, 2, new byte[8]));
    assertThrows(IllegalArgumentException.class, () -> new Raster(0, 2, 1, new byte[0]));
  }

  private static void same(Raster raster, BufferedImage read) {
    assertEquals(raster.width(), read.getWidth());
    assertEquals(raster.height(), read.getHeight());
    byte[] samples = raster.samples();
    java.awt.image.Raster pixels = read.getRaster(); // raw samples, before any colour profile
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        for (int k = 0; k < raster.channels(); k++) {
          int at = (y * raster.width() + x) * raster.channels() + k;
          assertEquals(samples[at] & 0xFF, pixels.getSample(x, y, k), x + ", " + y);
        }
      }
    }
  }
}
