package dev.bagel.tensor.io;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;

/**
 * An array as NumPy stores it: a shape, an element type, and the values in row-major order.
 * Immutable.
 *
 * <p>Ask for the values in the type that is wanted: {@link #tensor()} for real numbers, {@link
 * #ints()} or {@link #longs()} for labels and counts, {@link #doubles()} where float is too coarse,
 * {@link #bytes()} for pixels.
 */
public final class NpyArray {
  private final Shape shape;
  private final Dtype dtype;
  private final Values values;

  NpyArray(Shape shape, Dtype dtype, Values values) {
    if (shape.size() != values.size()) {
      throw new ShapeException("array of shape %s from %d values", shape, values.size());
    }
    this.shape = shape;
    this.dtype = dtype;
    this.values = values;
  }

  /** The {@code f4} array of a tensor. */
  public static NpyArray of(Tensor x) {
    return new NpyArray(x.shape(), Dtype.F4, new Values.Floats(x.array()));
  }

  /** An {@code f8} array. */
  public static NpyArray of(Shape shape, double... values) {
    return new NpyArray(shape, Dtype.F8, new Values.Doubles(values.clone()));
  }

  /** An {@code i4} array. */
  public static NpyArray of(Shape shape, int... values) {
    return new NpyArray(shape, Dtype.I4, new Values.Ints(values.clone()));
  }

  /** An {@code i8} array. */
  public static NpyArray of(Shape shape, long... values) {
    return new NpyArray(shape, Dtype.I8, new Values.Longs(values.clone()));
  }

  /** A {@code u1} array: bytes from 0 to 255. */
  public static NpyArray of(Shape shape, byte... values) {
    return new NpyArray(shape, Dtype.U1, new Values.Bytes(values.clone()));
  }

  public Shape shape() {
    return shape;
  }

  /** The type of the elements in the file. */
  public Dtype dtype() {
    return dtype;
  }

  Values values() {
    return values;
  }

  /** The values as floats; doubles and integers are rounded to the nearest. */
  public Tensor tensor() {
    if (values instanceof Values.Floats f) {
      return Tensor.wrap(shape, f.v()); // nobody writes to it any more
    }
    float[] v = new float[shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = dtype.isInteger() ? (float) values.integer(i) : (float) values.real(i);
    }
    return Tensor.wrap(shape, v);
  }

  /** The values as doubles; integers beyond 2⁵³ are rounded. */
  public double[] doubles() {
    double[] v = new double[shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.real(i);
    }
    return v;
  }

  /**
   * The values of an array of integers.
   *
   * @throws IllegalStateException for an array of reals
   */
  public long[] longs() {
    if (!dtype.isInteger()) {
      throw new IllegalStateException(
          "integers of an array of type " + dtype.letters() + ": use tensor() or doubles()");
    }
    long[] v = new long[shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.integer(i);
    }
    return v;
  }

  /**
   * The values of an array of integers.
   *
   * @throws IllegalStateException for an array of reals
   * @throws ArithmeticException if a value does not fit, with its position
   */
  public int[] ints() {
    long[] wide = longs();
    int[] v = new int[wide.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = (int) wide[i];
      if (v[i] != wide[i]) {
        throw new ArithmeticException(
            "element " + i + " is " + wide[i] + ", not an int: use longs()");
      }
    }
    return v;
  }

  /**
   * The values of an array of type {@code u1} or {@code b1}; a value above 127 is a negative byte.
   *
   * @throws IllegalStateException for any other type
   */
  public byte[] bytes() {
    if (values instanceof Values.Bytes b) {
      return b.v().clone();
    }
    throw new IllegalStateException(
        "bytes of an array of type " + dtype.letters() + ": use ints() or tensor()");
  }

  @Override
  public String toString() {
    return dtype.letters() + " " + shape;
  }
}
