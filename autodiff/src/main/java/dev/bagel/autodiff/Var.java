package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A tensor that remembers which operation made it from what.
 *
 * <p>Applying an operation to variables computes the value at once and records one edge of the
 * graph; applying it to constants records nothing. There is no tape to open or close: the graph is
 * the references, and the garbage collector frees what no variable can reach.
 *
 * <p>A variable that depends on a {@link Cell} is <em>symbolic</em>: it has a shape and a history
 * but no value, until a {@link Plan} computes it.
 */
public final class Var {
  private static final AtomicLong CLOCK = new AtomicLong();
  private static final Kernels KERNELS = Kernels.best();

  private final Shape shape;
  private final Tensor value; // null if symbolic
  private final Op op; // null for constants and leaves
  private final List<Var> args; // empty likewise
  private final Cell cell; // null but for the leaf of a cell
  private final boolean recorded; // a leaf, or computed from one
  private final long time; // creation order, which is a topological order

  private Var(Shape shape, Tensor value, Op op, List<Var> args, Cell cell, boolean recorded) {
    this.shape = shape;
    this.value = value;
    this.op = op;
    this.args = args;
    this.cell = cell;
    this.recorded = recorded;
    this.time = CLOCK.getAndIncrement();
  }

  /** A fixed value: gradients stop here. */
  public static Var constant(Tensor t) {
    return new Var(t.shape(), t, null, List.of(), null, false);
  }

  /** A fixed number. */
  public static Var constant(float v) {
    return constant(Tensor.scalar(v));
  }

  /** A value to differentiate with respect to. */
  public static Var leaf(Tensor t) {
    return new Var(t.shape(), t, null, List.of(), null, true);
  }

  /**
   * A leaf of which only the shape is known. What is computed from it has a shape and nothing else,
   * and costs neither time nor memory: so the shapes of a network are found and checked.
   */
  public static Var unknown(Shape shape) {
    return new Var(shape, null, null, List.of(), null, true);
  }

  static Var leaf(Cell cell) {
    return new Var(cell.shape(), null, null, List.of(), cell, true);
  }

  /** The result of an operation. */
  public static Var of(Op op, Var... args) {
    List<Var> x = List.of(args);
    Shape shape = op.shape(x.stream().map(Var::shape).toList());
    boolean recorded = false;
    boolean symbolic = false;
    for (Var a : args) {
      recorded |= a.recorded;
      symbolic |= a.value == null;
    }
    Tensor value = symbolic ? null : compute(op, shape, x);
    return recorded ? new Var(shape, value, op, x, null, true) : constant(value);
  }

  private static Tensor compute(Op op, Shape shape, List<Var> x) {
    float[] y = new float[shape.size()];
    List<Operand> operands = new ArrayList<>(x.size());
    for (Var a : x) {
      operands.add(new Operand(a.shape, Span.of(a.value)));
    }
    op.kernel(KERNELS, new Operand(shape, Span.of(y)), operands).run();
    return Tensor.wrap(shape, y);
  }

  public Shape shape() {
    return shape;
  }

  /** The number of elements. */
  public int size() {
    return shape.size();
  }

  /**
   * The value.
   *
   * @throws IllegalStateException if this is symbolic: Java code that looked at the value would run
   *     once, while the plan that is being made runs often
   */
  public Tensor value() {
    if (value == null) {
      throw new IllegalStateException(
          "value() of a symbolic "
              + this
              + ": a plan computes it later; express the decision with operations (where, max,"
              + " gather), or call the function with Var.leaf instead of a plan");
    }
    return value;
  }

  /** The only element. */
  public float item() {
    return value().item();
  }

  /** Whether this depends on a cell, and so has no value outside a plan. */
  public boolean isSymbolic() {
    return value == null;
  }

  /** Whether this is a leaf or computed from one; what is not is a constant. */
  public boolean isRecorded() {
    return recorded;
  }

  /** The operation that made this; null for constants and leaves. */
  public Op op() {
    return op;
  }

  /** What the operation was applied to; empty for constants and leaves. */
  public List<Var> args() {
    return args;
  }

  /** The cell that this is the leaf of, or null. */
  public Cell cell() {
    return cell;
  }

  /** Creation order: a variable is older than everything computed from it. */
  long time() {
    return time;
  }

  /** The same value, through which no gradient flows. */
  public Var detach() {
    return !recorded ? this : value == null ? of(new Detach(), this) : constant(value);
  }

  // ---- elementwise; operands are broadcast ------------------------------------------------------

  public Var add(Var b) {
    return of(BinaryOp.ADD, this, b);
  }

  public Var sub(Var b) {
    return of(BinaryOp.SUB, this, b);
  }

  public Var mul(Var b) {
    return of(BinaryOp.MUL, this, b);
  }

  public Var div(Var b) {
    return of(BinaryOp.DIV, this, b);
  }

  public Var max(Var b) {
    return of(BinaryOp.MAX, this, b);
  }

  public Var min(Var b) {
    return of(BinaryOp.MIN, this, b);
  }

  public Var pow(Var b) {
    return of(BinaryOp.POW, this, b);
  }

  public Var add(float b) {
    return add(constant(b));
  }

  public Var sub(float b) {
    return sub(constant(b));
  }

  public Var mul(float b) {
    return mul(constant(b));
  }

  public Var div(float b) {
    return div(constant(b));
  }

  public Var max(float b) {
    return max(constant(b));
  }

  public Var min(float b) {
    return min(constant(b));
  }

  public Var pow(float b) {
    return pow(constant(b));
  }

  /** Slope 1 inside and at the bounds, 0 outside. */
  public Var clamp(float low, float high) {
    return max(low).min(high);
  }

  /** 1 where this ≥ b, else 0; flat. */
  public Var atLeast(Var b) {
    return of(BinaryOp.AT_LEAST, this, b);
  }

  /** With this as a mask: {@code a} where it is not 0, else {@code b}. */
  public Var where(Var a, Var b) {
    return of(new Where(), this, a, b);
  }

  public Var where(Var a, float b) {
    return where(a, constant(b));
  }

  public Var where(float a, Var b) {
    return where(constant(a), b);
  }

  public Var neg() {
    return of(UnaryOp.NEG, this);
  }

  public Var abs() {
    return of(UnaryOp.ABS, this);
  }

  public Var sign() {
    return of(UnaryOp.SIGN, this);
  }

  /** 1 where positive, else 0; flat. */
  public Var step() {
    return of(UnaryOp.STEP, this);
  }

  public Var floor() {
    return of(UnaryOp.FLOOR, this);
  }

  public Var relu() {
    return of(UnaryOp.RELU, this);
  }

  public Var exp() {
    return of(UnaryOp.EXP, this);
  }

  public Var expm1() {
    return of(UnaryOp.EXPM1, this);
  }

  public Var log() {
    return of(UnaryOp.LOG, this);
  }

  public Var log1p() {
    return of(UnaryOp.LOG1P, this);
  }

  public Var sqrt() {
    return of(UnaryOp.SQRT, this);
  }

  public Var sin() {
    return of(UnaryOp.SIN, this);
  }

  public Var cos() {
    return of(UnaryOp.COS, this);
  }

  public Var tanh() {
    return of(UnaryOp.TANH, this);
  }

  public Var sigmoid() {
    return of(UnaryOp.SIGMOID, this);
  }

  public Var softplus() {
    return of(UnaryOp.SOFTPLUS, this);
  }

  public Var erf() {
    return of(UnaryOp.ERF, this);
  }

  public Var square() {
    return mul(this);
  }

  // ---- reductions; reduced axes stay, with length 1, unless said otherwise
  // ------------------------

  /** Sums the axes that broadcasting to this shape would have repeated. */
  public Var sumTo(Shape s) {
    return shape.equals(s) ? this : of(new Linear.SumTo(s), this);
  }

  public Var sumAxes(int... axes) {
    return sumTo(shape.keep1(axes));
  }

  public Var meanAxes(int... axes) {
    Shape s = shape.keep1(axes);
    return sumTo(s).mul((float) s.size() / shape.size());
  }

  public Var maxAxes(int... axes) {
    Shape s = shape.keep1(axes);
    return s.equals(shape) ? this : of(new MaxTo(s), this);
  }

  /** The sum of all elements, a scalar. */
  public Var sum() {
    return sumTo(Shape.of());
  }

  /** The mean of all elements, a scalar. */
  public Var mean() {
    return sum().mul(1f / size());
  }

  /** Sums everything but the first axis: [N, …] → [N]. */
  public Var sumEach() {
    Shape n = shape.sub(0, 1);
    return flatten().sumAxes(1).reshape(n);
  }

  public Var logSoftmax() {
    return of(new LogSoftmax(), this);
  }

  /** log Σⱼ exp xⱼ over the last axis: [N, K] → [N, 1]. */
  public Var logSumExp() {
    // exp cannot overflow; the shift cancels, so it has no gradient; it is finite, so that a row of
    // −∞ gives −∞
    Var m = maxAxes(-1).clamp(-Float.MAX_VALUE, Float.MAX_VALUE).detach();
    return sub(m).exp().sumAxes(-1).log().add(m);
  }

  // ---- shape ------------------------------------------------------------------------------------

  public Var reshape(Shape s) {
    return shape.equals(s) ? this : of(new Linear.Reshape(s), this);
  }

  public Var reshape(int... dims) {
    return reshape(Shape.of(dims));
  }

  /** [N, …] → [N, D]. */
  public Var flatten() {
    return reshape(shape.dim(0), shape.sub(1, shape.rank()).size());
  }

  public Var broadcastTo(Shape s) {
    return shape.equals(s) ? this : of(new Linear.BroadcastTo(s), this);
  }

  public Var permute(int... order) {
    return of(new Linear.Permute(Arrays.stream(order).map(shape::axis).toArray()), this);
  }

  /** Swaps the last two axes. */
  public Var transpose() {
    if (shape.rank() < 2) {
      throw new ShapeException("transpose of %s: it has no two axes", shape);
    }
    int[] order = new int[shape.rank()];
    Arrays.setAll(order, i -> i);
    order[order.length - 1] = order.length - 2;
    order[order.length - 2] = order.length - 1;
    return permute(order);
  }

  /** Places {@code from} … {@code to}−1 along one axis. */
  public Var slice(int axis, int from, int to) {
    int a = shape.axis(axis);
    if (from < 0 || to > shape.dim(a) || from > to) {
      throw new ShapeException("slice %d … %d of axis %d of %s", from, to, a, shape);
    }
    int[] begin = new int[shape.rank()];
    int[] step = new int[shape.rank()];
    Arrays.fill(step, 1);
    begin[a] = from;
    return slice(begin, step, shape.with(a, to - from));
  }

  /** A box: along each axis {@code to} places from {@code from} on, {@code step} apart. */
  public Var slice(int[] from, int[] step, Shape to) {
    return of(new Linear.Slice(boxed(from), boxed(step), to), this);
  }

  /** Zeros of shape {@code whole} with this as a box in them. */
  public Var place(int[] from, int[] step, Shape whole) {
    return of(new Linear.Place(boxed(from), boxed(step), whole), this);
  }

  /** Zeros before and after, along every axis. */
  public Var pad(int[] before, int[] after) {
    if (before.length != shape.rank() || after.length != shape.rank()) {
      throw new ShapeException("pad %s by %d and %d numbers", shape, before.length, after.length);
    }
    int[] d = shape.toArray();
    int[] step = new int[d.length];
    Arrays.fill(step, 1);
    for (int i = 0; i < d.length; i++) {
      d[i] += before[i] + after[i];
    }
    return Shape.of(d).equals(shape) ? this : place(before, step, Shape.of(d));
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Arguments one after the other along an axis. */
  public static Var concat(int axis, Var... x) {
    return x.length == 1 ? x[0] : of(new Concat(x[0].shape.axis(axis)), x);
  }

  // ---- choosing ---------------------------------------------------------------------------------

  /**
   * Reads places of the last axis: this [N, C, P], places [N or 1, Q] → [N, C, Q]; flat in places.
   */
  public Var gather(Var places) {
    return of(new Gather(), this, places);
  }

  /** Adds to places of the last axis: this [N, C, Q], places [N or 1, Q] → [N, C, p]. */
  public Var scatter(Var places, int p) {
    return of(new Scatter(p), this, places);
  }

  /** Whole numbers to unit vectors: [N] → [N, k]; flat. */
  public Var oneHot(int k) {
    return of(new OneHot(k), this);
  }

  /** The element of each row that its label names: this [N, K], labels [N] → [N]. */
  public Var pick(Var labels) {
    int n = shape.dim(0);
    return reshape(n, 1, shape.dim(1)).gather(labels.reshape(n, 1)).reshape(n);
  }

  // ---- products ---------------------------------------------------------------------------------

  public Var matmul(Var b) {
    return matmul(b, false, false);
  }

  /**
   * op(this)·op(b), where op transposes the last two axes if asked; leading axes are a batch and
   * are broadcast: [..., m, k] × [..., k, n] → [..., m, n].
   */
  public Var matmul(Var b, boolean transA, boolean transB) {
    if (shape.rank() < 2 || b.shape.rank() < 2) {
      throw new ShapeException("matmul %s × %s: matrices are needed", shape, b.shape);
    }
    Shape batchA = shape.sub(0, shape.rank() - 2);
    Shape batchB = b.shape.sub(0, b.shape.rank() - 2);
    if (batchB.size() == 1 && !transA) { // one long matrix
      Var rows = reshape(batchA.size() * shape.dim(-2), shape.dim(-1));
      Var c =
          MatMul.product(
              rows, false, b.reshape(b.shape.sub(batchB.rank(), b.shape.rank())), transB);
      Shape batch = batchA.broadcast(batchB);
      return c.reshape(batch.concat(Shape.of(shape.dim(-2), c.shape.dim(1))));
    }
    Shape batch = batchA.broadcast(batchB);
    Var c = MatMul.product(batched(batch), transA, b.batched(batch), transB);
    return c.reshape(batch.concat(c.shape.sub(c.shape.rank() - 2, c.shape.rank())));
  }

  /** [..., m, n] → [B, m, n], or [m, n] if the batch is a single one. */
  private Var batched(Shape batch) {
    Shape matrix = shape.sub(shape.rank() - 2, shape.rank());
    if (shape.sub(0, shape.rank() - 2).size() == 1) {
      return reshape(matrix);
    }
    return broadcastTo(batch.concat(matrix)).reshape(Shape.of(batch.size()).concat(matrix));
  }

  /** Cross-correlation of this [N, C, H, W] with filters [O, C/G, KH, KW]. */
  public Var conv(Var filters, ConvOptions o) {
    return of(new Convolution.Forward(o.geometry(shape, filters.shape)), this, filters);
  }

  /** The adjoint of a convolution as a layer: this [N, C, H, W], filters [C, O/G, KH, KW]. */
  public Var convTranspose(Var filters, ConvOptions o, int outputPaddingY, int outputPaddingX) {
    return of(
        new Convolution.ToInput(o.transposed(shape, filters.shape, outputPaddingY, outputPaddingX)),
        this,
        filters);
  }

  /** The largest element of every window. */
  public Var maxPool(Window g) {
    return of(new MaxPool.Take(g), detach(), this);
  }

  /** The mean of every window. */
  public Var meanPool(Window g) {
    return of(new Linear.MeanTake(g), this);
  }

  @Override
  public String toString() {
    String kind = cell != null ? "cell " + cell.name() + " " : recorded ? "var " : "constant ";
    return kind + shape + (op == null ? "" : " = " + op.label());
  }

  /**
   * The graph: what {@code roots} were computed from and the roots, oldest first, so that every
   * variable stands behind its arguments; no constants.
   */
  public static List<Var> history(List<Var> roots) {
    Set<Var> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Var> todo = new ArrayDeque<>(roots);
    List<Var> found = new ArrayList<>();
    while (!todo.isEmpty()) {
      Var v = todo.pop();
      if (v.recorded && seen.add(v)) {
        found.add(v);
        todo.addAll(v.args);
      }
    }
    found.sort(Comparator.comparingLong(Var::time));
    return found;
  }
}
