package dev.bagel.tensor;

import java.util.Arrays;

/**
 * The lengths of a tensor's axes, row-major: the last axis varies fastest. Immutable.
 *
 * <p>Axes may be counted from either end: {@code dim(0)} is the first, {@code dim(-1)} the last.
 */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0], 1);

  private final int[] dims;
  private final int size;

  private Shape(int[] dims, int size) {
    this.dims = dims;
    this.size = size;
  }

  /**
   * A shape with these axis lengths.
   *
   * @throws ShapeException if a length is negative or the elements would not fit one Java array
   */
  public static Shape of(int... dims) {
    if (dims.length == 0) {
      return SCALAR;
    }
    long size = 1;
    for (int d : dims) {
      if (d < 0) {
        throw new ShapeException("negative axis length in %s", Arrays.toString(dims));
      }
      size *= d;
      if (size > Integer.MAX_VALUE - 8) {
        throw new ShapeException(
            "%s has more elements than one array holds", Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone(), (int) size);
  }

  public int rank() {
    return dims.length;
  }

  /** The number of elements: the product of the axis lengths, 1 for a scalar. */
  public int size() {
    return size;
  }

  /** Length of one axis; a negative axis counts from the end. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** {@code axis} counted from the front. */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new ShapeException("axis %d of %s: it has %d axes", axis, this, dims.length);
    }
    return a;
  }

  public int[] toArray() {
    return dims.clone();
  }

  /** This shape with one axis of another length. */
  public Shape with(int axis, int length) {
    int[] d = dims.clone();
    d[axis(axis)] = length;
    return of(d);
  }

  /**
   * The axes from {@code from} (inclusive) to {@code to} (exclusive), both counted from the front.
   */
  public Shape sub(int from, int to) {
    return of(Arrays.copyOfRange(dims, from, to));
  }

  /** These axes followed by those of {@code that}. */
  public Shape concat(Shape that) {
    int[] d = Arrays.copyOf(dims, dims.length + that.dims.length);
    System.arraycopy(that.dims, 0, d, dims.length, that.dims.length);
    return of(d);
  }

  /** This shape with the given axes (all of them, if none is given) of length 1. */
  public Shape keep1(int... axes) {
    int[] d = dims.clone();
    if (axes.length == 0) {
      Arrays.fill(d, 1);
    }
    for (int a : axes) {
      d[axis(a)] = 1;
    }
    return of(d);
  }

  /** This shape without the given axes. */
  public Shape without(int... axes) {
    boolean[] gone = new boolean[dims.length];
    for (int a : axes) {
      gone[axis(a)] = true;
    }
    int[] d = new int[dims.length];
    int r = 0;
    for (int i = 0; i < dims.length; i++) {
      if (!gone[i]) {
        d[r++] = dims[i];
      }
    }
    return of(Arrays.copyOf(d, r));
  }

  /** How far apart in the array two neighbours along each axis are. */
  public int[] strides() {
    int[] s = new int[dims.length];
    int step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      s[i] = step;
      step *= dims[i];
    }
    return s;
  }

  /**
   * The shape that both operands stretch to: axes are compared from the last, and an axis of length
   * 1 (or a missing one) stretches.
   *
   * @throws ShapeException naming both shapes and the axis
   */
  public Shape broadcast(Shape that) {
    if (equals(that)) {
      return this;
    }
    int rank = Math.max(rank(), that.rank());
    int[] out = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int a = i <= rank() ? dim(-i) : 1;
      int b = i <= that.rank() ? that.dim(-i) : 1;
      if (a != b && a != 1 && b != 1) {
        throw new ShapeException(
            "cannot broadcast %s with %s: axis -%d is %d and %d", this, that, i, a, b);
      }
      out[rank - i] = a == 1 ? b : a;
    }
    return of(out);
  }

  /**
   * The strides with which a tensor of this shape is read as if it had shape {@code to}: 0 along
   * every axis that is repeated.
   */
  public int[] broadcastStrides(Shape to) {
    if (!broadcast(to).equals(to)) {
      throw new ShapeException("cannot broadcast %s to %s", this, to);
    }
    int[] own = strides();
    int[] s = new int[to.rank()];
    for (int i = 1; i <= rank(); i++) {
      s[to.rank() - i] = dim(-i) == 1 ? 0 : own[rank() - i];
    }
    return s;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
