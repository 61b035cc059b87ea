package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Whole numbers or truth values that are known while a graph is traced: shapes, axes, indices. The
 * arithmetic on shapes that exporters leave in a file runs on these, and nothing of it is left in a
 * plan.
 */
final class Numbers implements Value {
  /** The most elements of an array that is computed and not in the file. */
  private static final int LIMIT = 1 << 20;

  private final Element element;
  private final Shape shape;
  private final long[] data;

  Numbers(Element element, Shape shape, long[] data) {
    this.element = element;
    this.shape = shape;
    this.data = data;
  }

  /** A list of whole numbers, [n]. */
  static Numbers list(long... data) {
    return new Numbers(Element.INT64, Shape.of(data.length), data);
  }

  /** {@code size} elements of the same value. */
  static Numbers full(Element element, Shape shape, long value) {
    checkSize(shape);
    long[] data = new long[shape.size()];
    Arrays.fill(data, element.narrow(value));
    return new Numbers(element, shape, data);
  }

  @Override
  public Element element() {
    return element;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  long get(int i) {
    return data[i];
  }

  /** The only element. */
  long item() {
    if (data.length != 1) {
      throw new ShapeException("numbers %s where one is needed", shape);
    }
    return data[0];
  }

  long[] toArray() {
    return data.clone();
  }

  @Override
  public Var var() {
    float[] y = new float[data.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = data[i];
    }
    return Var.constant(Tensor.wrap(shape, y));
  }

  /** The same numbers in another type. */
  Numbers as(Element to) {
    return map(to, v -> v);
  }

  Numbers map(Element to, LongUnaryOperator f) {
    long[] y = new long[data.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = to.narrow(f.applyAsLong(data[i]));
    }
    return new Numbers(to, shape, y);
  }

  /** f of two operands, which are broadcast. */
  Numbers zip(Element to, Numbers b, LongBinaryOperator f) {
    Shape s = shape.broadcast(b.shape);
    Numbers left = broadcastTo(s);
    Numbers right = b.broadcastTo(s);
    long[] y = new long[s.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = to.narrow(f.applyAsLong(left.data[i], right.data[i]));
    }
    return new Numbers(to, s, y);
  }

  Numbers broadcastTo(Shape s) {
    return shape.equals(s) ? this : moved(v -> v.broadcastTo(s));
  }

  /** f over everything along one axis, which stays with length 1. */
  Numbers reduce(int axis, long start, LongBinaryOperator f) {
    Shape s = shape.with(axis, 1);
    int n = shape.dim(axis);
    int inner = shape.sub(axis + 1, shape.rank()).size();
    long[] y = new long[s.size()];
    for (int i = 0; i < y.length; i++) {
      long sum = start;
      for (int j = 0; j < n; j++) {
        sum = f.applyAsLong(sum, data[(i / inner * n + j) * inner + i % inner]);
      }
      y[i] = element.narrow(sum);
    }
    return new Numbers(element, s, y);
  }

  /**
   * The movement is done to the places of the elements, counted from 1, which fit floats exactly.
   */
  @Override
  public Numbers moved(UnaryOperator<Var> f) {
    checkSize(shape);
    checkSize(f.apply(Var.unknown(shape)).shape());
    return picked(element, data, f.apply(places(shape, 0)));
  }

  /** Arrays one after the other along an axis. */
  static Numbers concat(int axis, List<Numbers> parts) {
    int size = Math.toIntExact(parts.stream().mapToLong(p -> p.data.length).sum());
    checkSize(Shape.of(size));
    Var[] places = new Var[parts.size()];
    long[] all = new long[size];
    for (int i = 0, at = 0; i < places.length; at += parts.get(i++).data.length) {
      Numbers p = parts.get(i);
      places[i] = places(p.shape, at);
      System.arraycopy(p.data, 0, all, at, p.data.length);
    }
    return picked(parts.get(0).element, all, Var.concat(axis, places));
  }

  private static Var places(Shape s, int after) {
    float[] places = new float[s.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = after + i + 1;
    }
    return Var.constant(Tensor.wrap(s, places));
  }

  /** The elements at these places; 0, which padding writes, is no place and stands for itself. */
  private static Numbers picked(Element element, long[] from, Var places) {
    long[] y = new long[places.size()];
    for (int i = 0; i < y.length; i++) {
      int place = (int) places.value().get(i);
      y[i] = place == 0 ? 0 : from[place - 1];
    }
    return new Numbers(element, places.shape(), y);
  }

  /** Refuses an array that a few bytes of a file ask for. */
  static void checkSize(Shape s) {
    if (s.size() > LIMIT) {
      throw new ShapeException("an array %s of whole numbers; at most %,d elements", s, LIMIT);
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Numbers n
        && element == n.element
        && shape.equals(n.shape)
        && Arrays.equals(data, n.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return element + "" + shape + (data.length <= 12 ? Arrays.toString(data) : "");
  }
}
