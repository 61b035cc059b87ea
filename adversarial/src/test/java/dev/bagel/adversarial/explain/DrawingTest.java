package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class DrawingTest {
  @Test
  void greyIsSpreadAndBoundsAreBlackAndWhite() {
    Tensor x = Tensor.of(Shape.of(1, 1, 3), -1, 0, 1);
    float[] grey = {0, 0.5f, 1, 0, 0.5f, 1, 0, 0.5f, 1};
    assertArrayEquals(grey, Drawing.input(x, new Bounds(-1, 1)).array());
    assertArrayEquals(grey, Drawing.input(x.mul(7), Bounds.NONE).array());
  }

  @Test
  void anOverlayIsThePictureWhereTheMapIsWeak(Rng rng) {
    Tensor picture = Tensor.uniform(Shape.of(3, 4, 4), 0, 1, rng);
    float[] one = new float[16];
    one[5] = 3;
    Heatmap heat = new Heatmap(Tensor.of(Shape.of(1, 4, 4), one), false);
    Tensor over = Drawing.overlay(heat, 0, picture);
    Tensor colour = Drawing.map(heat, 0, Shape.of(4, 4));
    for (int i = 0; i < 48; i++) {
      float expected = i % 16 == 5 ? 0.2f * picture.get(i) + 0.8f * colour.get(i) : picture.get(i);
      assertEquals(expected, over.get(i), 1e-6);
    }
    assertEquals(1, colour.get(16 + 5), 1e-6); // the hottest is light yellow: green is full
  }

  @Test
  void aGridHasATileForEveryMap() {
    Tensor maps = Tensor.of(Shape.of(3, 1, 2), 0, 2, 8, 4, 0, 0);
    Tensor grid = Drawing.grid(maps);
    assertEquals(Shape.of(3, 3, 5), grid.shape()); // two by two, a line between
    float hottest = 252 / 255f;
    assertEquals(hottest, grid.get(1), 1e-6);
    assertEquals(hottest, grid.get(3), 1e-6);
    assertTrue(grid.get(4) < hottest);
  }

  @Test
  void enlargingRepeatsPixels() {
    Tensor small = Tensor.of(Shape.of(1, 1, 2), 1, 2);
    assertArrayEquals(new float[] {1, 1, 2, 2, 1, 1, 2, 2}, Drawing.enlarged(small, 2).array());
  }
}
