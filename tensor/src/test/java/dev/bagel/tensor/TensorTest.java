package dev.bagel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TensorTest {
  private static final Tensor A = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

  @Test
  void aTensorDoesNotShareWhatItWasMadeOf() {
    float[] d = {1, 2};
    Tensor t = Tensor.of(Shape.of(2), d);
    d[0] = 9;
    t.toArray()[1] = 9;
    assertArrayEquals(new float[] {1, 2}, t.array());
    float[] given = {3};
    assertSame(given, Tensor.wrap(Shape.of(1), given).array());
    assertThrows(ShapeException.class, () -> Tensor.of(Shape.of(3), 1, 2));
  }

  @Test
  void operandsAreBroadcast() {
    Tensor row = Tensor.of(Shape.of(3), 10, 20, 30);
    Tensor column = Tensor.of(Shape.of(2, 1), 100, 200);
    assertEquals(Tensor.of(Shape.of(2, 3), 11, 22, 33, 14, 25, 36), A.add(row));
    assertEquals(Tensor.of(Shape.of(2, 3), 99, 98, 97, 196, 195, 194), column.sub(A));
    assertEquals(Tensor.of(Shape.of(2, 3), 2, 4, 6, 8, 10, 12), A.mul(2));
    assertEquals(Tensor.of(Shape.of(2, 3), 110, 120, 130, 210, 220, 230), row.add(column));
    assertThrows(ShapeException.class, () -> A.add(Tensor.zeros(Shape.of(2))));
  }

  @Test
  void clampStaysBetweenItsBounds() {
    assertEquals(Tensor.of(Shape.of(2, 3), 2, 2, 3, 4, 5, 5), A.clamp(2, 5));
  }

  @Test
  void reshapingSharesTheElements() {
    assertSame(A.array(), A.reshape(3, 2).array());
    assertThrows(ShapeException.class, () -> A.reshape(4));
  }

  @Test
  void permutingMovesAxes() {
    assertEquals(Tensor.of(Shape.of(3, 2), 1, 4, 2, 5, 3, 6), A.permute(1, 0));
    Tensor t = Tensor.uniform(Shape.of(2, 3, 4, 5), 0, 1, Rng.of(1));
    Tensor p = t.permute(2, 0, 3, 1);
    assertEquals(Shape.of(4, 2, 5, 3), p.shape());
    assertEquals(t.get(((1 * 3 + 2) * 4 + 3) * 5 + 4), p.get(((3 * 2 + 1) * 5 + 4) * 3 + 2));
    assertEquals(t, p.permute(1, 3, 0, 2));
  }

  @Test
  void sumToIsTheAdjointOfBroadcastTo() {
    Tensor x = Tensor.gaussian(Shape.of(3, 1), Rng.of(2));
    Tensor v = Tensor.gaussian(Shape.of(4, 3, 5), Rng.of(3));
    assertEquals(x.broadcastTo(v.shape()).dot(v), x.dot(v.sumTo(x.shape())), 1e-4);
    assertEquals(21, A.sum().item());
    assertEquals(Tensor.of(Shape.of(2, 1), 3, 6), A.maxTo(Shape.of(2, 1)));
  }

  @Test
  void rowsAndStacksAreCopies() {
    assertEquals(Tensor.of(Shape.of(3, 3), 4, 5, 6, 1, 2, 3, 4, 5, 6), A.rows(1, 0, 1));
    assertEquals(A, Tensor.stack(A.slice(0, 1), A.slice(1, 2)));
    assertEquals(
        Tensor.of(Shape.of(2, 3), 1, 2, 3, 0, 0, 0),
        A.withRows(new int[] {1}, Tensor.zeros(Shape.of(1, 3))));
    assertThrows(IndexOutOfBoundsException.class, () -> A.rows(2));
    assertThrows(ShapeException.class, () -> Tensor.stack(A, Tensor.zeros(Shape.of(1, 2))));
  }

  @Test
  void matmulMultiplies() {
    Tensor b = Tensor.of(Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
    assertEquals(Tensor.of(Shape.of(2, 2), 4, 5, 10, 11), A.matmul(b));
    assertThrows(ShapeException.class, () -> A.matmul(A));
  }

  @Test
  void argmaxTakesTheFirstLargest() {
    assertArrayEquals(new int[] {1, 0}, Tensor.of(Shape.of(2, 3), 1, 3, 3, 2, 2, 2).argmax());
  }

  @Test
  void notFiniteElementsAreFound() {
    assertEquals(-1, A.firstNotFinite());
    assertEquals(2, Tensor.of(Shape.of(3), 0, 1, Float.NaN).firstNotFinite());
    assertEquals(0, Tensor.scalar(Float.POSITIVE_INFINITY).firstNotFinite());
  }

  @Test
  void randomTensorsAreReproducible() {
    Tensor u = Tensor.uniform(Shape.of(1000), -2, 3, Rng.of(5));
    assertEquals(u, Tensor.uniform(Shape.of(1000), -2, 3, Rng.of(5)));
    for (float v : u.array()) {
      assertTrue(v >= -2 && v < 3);
    }
  }

  @Test
  void emptyTensorsWork() {
    Tensor none = Tensor.zeros(Shape.of(0, 3));
    assertEquals(none, none.add(1).relu());
    assertEquals(Tensor.zeros(Shape.of(1, 3)), none.sumTo(Shape.of(1, 3)));
    assertEquals(Shape.of(0, 2), none.matmul(Tensor.zeros(Shape.of(3, 2))).shape());
  }
}
