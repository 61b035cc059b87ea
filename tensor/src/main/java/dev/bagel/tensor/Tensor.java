package dev.bagel.tensor;

import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Reduction;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;
import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable n-dimensional array of {@code float}: a {@link Shape} and its elements in row-major
 * order.
 *
 * <p>There are no strides and no offsets: {@code data.length == shape.size()}, always. Reshaping
 * shares the array; every other operation makes a new one. Labels are {@code int[]} and flags
 * {@code boolean[]}: Java has these types already.
 */
public final class Tensor {
  private static final Kernels KERNELS = Kernels.best();

  private final Shape shape;
  private final float[] data;

  private Tensor(Shape shape, float[] data) {
    if (shape.size() != data.length) {
      throw new ShapeException(
          "shape %s needs %d elements, got %d", shape, shape.size(), data.length);
    }
    this.shape = shape;
    this.data = data;
  }

  /** A tensor of these elements, which are copied. */
  public static Tensor of(Shape shape, float... data) {
    return new Tensor(shape, data.clone());
  }

  /** A tensor around an array, without a copy: the caller gives the array away. */
  public static Tensor wrap(Shape shape, float[] data) {
    return new Tensor(shape, data);
  }

  public static Tensor scalar(float v) {
    return new Tensor(Shape.of(), new float[] {v});
  }

  public static Tensor full(Shape shape, float v) {
    float[] d = new float[shape.size()];
    Arrays.fill(d, v);
    return new Tensor(shape, d);
  }

  public static Tensor zeros(Shape shape) {
    return new Tensor(shape, new float[shape.size()]);
  }

  /** Elements drawn uniformly from [low, high). */
  public static Tensor uniform(Shape shape, float low, float high, Rng rng) {
    float[] d = new float[shape.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = low + (high - low) * rng.uniform(i);
    }
    return new Tensor(shape, d);
  }

  /** Elements drawn from the standard normal distribution. */
  public static Tensor gaussian(Shape shape, Rng rng) {
    float[] d = new float[shape.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = rng.gaussian(i);
    }
    return new Tensor(shape, d);
  }

  /** Whole numbers as floats, [N]: how labels enter a graph. Exact up to 2²⁴. */
  public static Tensor ofInts(int... values) {
    float[] d = new float[values.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = values[i];
    }
    return new Tensor(Shape.of(d.length), d);
  }

  public Shape shape() {
    return shape;
  }

  public int size() {
    return data.length;
  }

  /** The element at place {@code i} of the row-major order. */
  public float get(int i) {
    return data[i];
  }

  /** The elements, copied. */
  public float[] toArray() {
    return data.clone();
  }

  /**
   * The elements themselves, for kernels and writers that only read them. Whoever writes into this
   * array breaks the promise that a tensor never changes.
   */
  public float[] array() {
    return data;
  }

  /** The only element. */
  public float item() {
    if (data.length != 1) {
      throw new ShapeException("item() of %s: only a single element has one", shape);
    }
    return data[0];
  }

  // ---- elementwise; operands are broadcast ------------------------------------------------------

  public Tensor add(Tensor b) {
    return zip(Binary.ADD, b);
  }

  public Tensor sub(Tensor b) {
    return zip(Binary.SUB, b);
  }

  public Tensor mul(Tensor b) {
    return zip(Binary.MUL, b);
  }

  public Tensor div(Tensor b) {
    return zip(Binary.DIV, b);
  }

  public Tensor max(Tensor b) {
    return zip(Binary.MAX, b);
  }

  public Tensor min(Tensor b) {
    return zip(Binary.MIN, b);
  }

  public Tensor add(float b) {
    return add(scalar(b));
  }

  public Tensor sub(float b) {
    return sub(scalar(b));
  }

  public Tensor mul(float b) {
    return mul(scalar(b));
  }

  public Tensor clamp(float low, float high) {
    return max(scalar(low)).min(scalar(high));
  }

  public Tensor neg() {
    return map(Unary.NEG);
  }

  public Tensor abs() {
    return map(Unary.ABS);
  }

  public Tensor sign() {
    return map(Unary.SIGN);
  }

  public Tensor relu() {
    return map(Unary.RELU);
  }

  public Tensor exp() {
    return map(Unary.EXP);
  }

  public Tensor log() {
    return map(Unary.LOG);
  }

  public Tensor sqrt() {
    return map(Unary.SQRT);
  }

  public Tensor square() {
    return mul(this);
  }

  /** One of the elementwise functions. */
  public Tensor map(Unary f) {
    float[] y = new float[data.length];
    Pointwise p = new Pointwise(data.length);
    p.output(p.unary(f, p.input(Span.of(this), 1)), Span.of(y));
    p.kernel(KERNELS).run();
    return new Tensor(shape, y);
  }

  /** One of the elementwise functions of two operands. */
  public Tensor zip(Binary f, Tensor b) {
    Shape s = shape.broadcast(b.shape);
    float[] y = new float[s.size()];
    Pointwise p = new Pointwise(s.toArray());
    int left = p.input(Span.of(this), shape.broadcastStrides(s));
    int right = p.input(Span.of(b), b.shape.broadcastStrides(s));
    p.output(p.binary(f, left, right), Span.of(y));
    p.kernel(KERNELS).run();
    return new Tensor(s, y);
  }

  // ---- shape ------------------------------------------------------------------------------------

  /** Shares the elements; only the shape is new. */
  public Tensor reshape(Shape s) {
    return new Tensor(s, data);
  }

  public Tensor reshape(int... dims) {
    return reshape(Shape.of(dims));
  }

  /** Repeats axes of length 1 (or missing leading ones). The adjoint of {@link #sumTo}. */
  public Tensor broadcastTo(Shape s) {
    return shape.equals(s) ? this : read(s, shape.broadcastStrides(s));
  }

  /** Moves axis {@code order[i]} to place i. */
  public Tensor permute(int... order) {
    if (order.length != shape.rank()
        || Arrays.stream(order).map(shape::axis).distinct().count() != order.length) {
      throw new ShapeException("permute %s by %s: every axis once", shape, Arrays.toString(order));
    }
    int[] strides = shape.strides();
    int[] d = new int[order.length];
    int[] s = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      d[i] = shape.dim(order[i]);
      s[i] = strides[shape.axis(order[i])];
    }
    return read(Shape.of(d), s);
  }

  private Tensor read(Shape s, int[] strides) {
    float[] y = new float[s.size()];
    Pointwise p = new Pointwise(s.toArray());
    p.output(p.input(Span.of(this), strides), Span.of(y));
    p.kernel(KERNELS).run();
    return new Tensor(s, y);
  }

  /** The chosen places of the first axis, in the order given: [N, …] → [which.length, …]. */
  public Tensor rows(int... which) {
    int row = data.length / Math.max(1, shape.dim(0));
    float[] y = new float[which.length * row];
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(data, Objects.checkIndex(which[i], shape.dim(0)) * row, y, i * row, row);
    }
    return new Tensor(shape.with(0, which.length), y);
  }

  /** Places {@code from} … {@code to}−1 of the first axis. */
  public Tensor slice(int from, int to) {
    int row = data.length / Math.max(1, shape.dim(0));
    Objects.checkFromToIndex(from, to, shape.dim(0));
    return new Tensor(shape.with(0, to - from), Arrays.copyOfRange(data, from * row, to * row));
  }

  /** This tensor with some places of the first axis replaced. */
  public Tensor withRows(int[] which, Tensor rows) {
    if (rows.size() != 0 && !rows.shape.equals(shape.with(0, which.length))) {
      throw new ShapeException("withRows: %d rows of %s from %s", which.length, shape, rows.shape);
    }
    int row = data.length / Math.max(1, shape.dim(0));
    float[] y = data.clone();
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(rows.data, i * row, y, which[i] * row, row);
    }
    return new Tensor(shape, y);
  }

  /** Tensors one after the other along the first axis. */
  public static Tensor stack(Tensor first, Tensor... more) {
    int n = first.shape.dim(0);
    for (Tensor t : more) {
      if (!t.shape.with(0, 1).equals(first.shape.with(0, 1))) {
        throw new ShapeException("stack %s and %s: only axis 0 may differ", first.shape, t.shape);
      }
      n += t.shape.dim(0);
    }
    Shape s = first.shape.with(0, n);
    float[] y = Arrays.copyOf(first.data, s.size());
    int at = first.data.length;
    for (Tensor t : more) {
      System.arraycopy(t.data, 0, y, at, t.data.length);
      at += t.data.length;
    }
    return new Tensor(s, y);
  }

  // ---- reductions and products ------------------------------------------------------------------

  /** Sums the axes that {@code broadcastTo} would have repeated. */
  public Tensor sumTo(Shape s) {
    return reduce(Reduction.Of.SUM, s);
  }

  /** The largest elements along the axes that {@code broadcastTo} would have repeated. */
  public Tensor maxTo(Shape s) {
    return reduce(Reduction.Of.MAX, s);
  }

  private Tensor reduce(Reduction.Of of, Shape s) {
    if (shape.equals(s)) {
      return this;
    }
    float[] y = new float[s.size()];
    new Reduction(KERNELS, of, shape, s, Span.of(this), Span.of(y)).run();
    return new Tensor(s, y);
  }

  /** The sum of all elements. */
  public Tensor sum() {
    return sumTo(Shape.of());
  }

  /** ⟨this, b⟩, accumulated in double. */
  public double dot(Tensor b) {
    if (!shape.equals(b.shape)) {
      throw new ShapeException("dot of %s and %s", shape, b.shape);
    }
    double s = 0;
    for (int i = 0; i < data.length; i++) {
      s += (double) data[i] * b.data[i];
    }
    return s;
  }

  /** The place of the first largest element of every row of the last axis: [N, K] → N numbers. */
  public int[] argmax() {
    int k = shape.dim(-1);
    int[] y = new int[k == 0 ? 0 : data.length / k];
    for (int r = 0; r < y.length; r++) {
      for (int j = 1; j < k; j++) {
        if (data[r * k + j] > data[r * k + y[r]]) {
          y[r] = j;
        }
      }
    }
    return y;
  }

  /** The product of two matrices: [m, k] × [k, n] → [m, n]. */
  public Tensor matmul(Tensor b) {
    if (shape.rank() != 2 || b.shape.rank() != 2 || shape.dim(1) != b.shape.dim(0)) {
      throw new ShapeException("matmul %s × %s: two matrices that fit are needed", shape, b.shape);
    }
    Shape s = Shape.of(shape.dim(0), b.shape.dim(1));
    float[] c = new float[s.size()];
    Product g = Product.of(s.dim(0), s.dim(1), shape.dim(1), false, false);
    KERNELS.matmul(g, Span.of(this), Span.of(b), Span.of(c)).run();
    return new Tensor(s, c);
  }

  /** Place of the first element that is NaN or infinite, or −1. */
  public int firstNotFinite() {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Tensor t && shape.equals(t.shape) && Arrays.equals(data, t.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(shape, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Tensor" + shape + (data.length <= 12 ? Arrays.toString(data) : "");
  }
}
