package dev.bagel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ShapeTest {
  @Test
  void axesCountFromEitherEnd() {
    Shape s = Shape.of(2, 3, 5);
    assertEquals(2, s.dim(0));
    assertEquals(5, s.dim(-1));
    assertEquals(1, s.axis(-2));
    assertEquals(30, s.size());
    assertThrows(ShapeException.class, () -> s.dim(3));
    assertThrows(ShapeException.class, () -> s.dim(-4));
  }

  @Test
  void aScalarHasOneElementAndNoAxes() {
    assertEquals(1, Shape.of().size());
    assertEquals(0, Shape.of().rank());
    assertEquals("[]", Shape.of().toString());
  }

  @Test
  void impossibleShapesAreRefused() {
    assertThrows(ShapeException.class, () -> Shape.of(2, -1));
    assertThrows(ShapeException.class, () -> Shape.of(1 << 16, 1 << 16));
    assertEquals(0, Shape.of(1 << 16, 0, 1 << 16).size());
  }

  @Test
  void aShapeNeverChanges() {
    int[] d = {2, 3};
    Shape s = Shape.of(d);
    d[0] = 7;
    s.toArray()[1] = 9;
    assertEquals(Shape.of(2, 3), s);
    assertEquals(Shape.of(2, 3).hashCode(), s.hashCode());
    assertNotEquals(Shape.of(3, 2), s);
  }

  @Test
  void partsFitTogether() {
    Shape s = Shape.of(2, 3, 5);
    assertEquals(s, s.sub(0, 1).concat(s.sub(1, 3)));
    assertEquals(Shape.of(2, 7, 5), s.with(1, 7));
    assertEquals(Shape.of(2, 1, 5), s.keep1(1));
    assertEquals(Shape.of(1, 1, 1), s.keep1());
    assertEquals(Shape.of(3), s.without(0, -1));
    assertArrayEquals(new int[] {15, 5, 1}, s.strides());
  }

  @Test
  void broadcastingStretchesAxesOfLengthOne() {
    assertEquals(Shape.of(4, 2, 3), Shape.of(2, 1).broadcast(Shape.of(4, 1, 3)));
    assertEquals(Shape.of(4, 2, 3), Shape.of(4, 1, 3).broadcast(Shape.of(2, 1)));
    assertEquals(Shape.of(0, 3), Shape.of(0, 1).broadcast(Shape.of(1, 3)));
    assertArrayEquals(new int[] {0, 1, 0}, Shape.of(2, 1).broadcastStrides(Shape.of(4, 2, 3)));
  }

  @Test
  void messagesNameBothShapesAndTheAxis() {
    ShapeException e =
        assertThrows(ShapeException.class, () -> Shape.of(2, 3).broadcast(Shape.of(4, 3)));
    assertTrue(e.getMessage().contains("[2, 3]"));
    assertTrue(e.getMessage().contains("[4, 3]"));
    assertTrue(e.getMessage().contains("axis -2"));
    assertThrows(ShapeException.class, () -> Shape.of(3).broadcastStrides(Shape.of(1)));
  }
}
