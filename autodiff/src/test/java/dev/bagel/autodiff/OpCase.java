package dev.bagel.autodiff;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A row of the table of cases: an operation and how to draw arguments for it, away from kinks.
 *
 * @param name what tells the row from others of the same operation
 * @param op the operation
 * @param smooth the arguments whose gradient is the true one; the others are masks, or treated as
 *     flat where the function is not
 * @param linear the arguments in which it is linear
 * @param draw arguments from a stream
 */
public record OpCase(
    String name,
    Op op,
    List<Integer> smooth,
    List<Integer> linear,
    Function<Rng, List<Tensor>> draw) {

  /** A way to draw one argument. */
  private interface Draw extends Function<Rng, Tensor> {}

  private static final Conv CONV = new Conv(2, 4, 5, 6, 4, 3, 2, 2, 1, 1, 0, 1, 1, 1, 2, 2);
  private static final Window WINDOW =
      Window.of(Shape.of(2, 3, 5, 6), 3, 2, 2, 2, new int[] {1, 0, 1, 1}, true, true);

  /** The operation of some variables. */
  public Var of(List<Var> x) {
    return Var.of(op, x.toArray(Var[]::new));
  }

  /**
   * The operation of some variables, and its gradients of order one and two in random directions.
   */
  List<Var> valueAndGradients(List<Var> x, Rng rng) {
    Var y = of(x);
    Var[] leaves = smooth.stream().map(x::get).toArray(Var[]::new);
    List<Var> all = new ArrayList<>(List.of(y));
    List<Var> first = Grad.pullback(y, weights(y, rng.at("v")), leaves);
    Var s = Var.constant(0);
    for (Var g : first) {
      s = s.add(g.mul(weights(g, rng.at("u"))).sum());
    }
    all.addAll(first);
    all.addAll(Grad.of(s, leaves));
    return all;
  }

  private static Var weights(Var like, Rng rng) {
    return Var.constant(Tensor.gaussian(like.shape(), rng));
  }

  @Override
  public String toString() {
    return name;
  }

  /** What the table must have a row for: the constant of an enumeration, or a record. */
  public Object member() {
    return op instanceof Enum<?> ? op : op.getClass();
  }

  /** Everything that can appear in a graph: constants of enumerations, classes of records. */
  public static Set<Object> family() {
    Set<Object> members = new LinkedHashSet<>();
    collect(Op.class, members);
    return members;
  }

  private static void collect(Class<?> family, Set<Object> members) {
    if (family.isEnum()) {
      members.addAll(Arrays.asList(family.getEnumConstants()));
    } else if (family.isSealed()) {
      for (Class<?> c : family.getPermittedSubclasses()) {
        collect(c, members);
      }
    } else {
      members.add(family);
    }
  }

  /** Every row. */
  public static List<OpCase> all() {
    List<OpCase> rows = new ArrayList<>();
    unary(rows);
    binary(rows);
    linear(rows);
    bilinear(rows);
    others(rows);
    return rows;
  }

  private static void unary(List<OpCase> rows) {
    List<UnaryOp> positive = List.of(UnaryOp.LOG, UnaryOp.LOG1P, UnaryOp.SQRT);
    List<UnaryOp> linear = List.of(UnaryOp.COPY, UnaryOp.NEG);
    for (UnaryOp f : UnaryOp.values()) {
      Draw x = r -> positive.contains(f) ? Inputs.positive(r, 3, 5) : Inputs.signed(r, 3, 5);
      rows.add(row(f.label(), f, List.of(0), linear.contains(f) ? List.of(0) : List.of(), x));
    }
  }

  private static void binary(List<OpCase> rows) {
    for (BinaryOp f : BinaryOp.values()) {
      List<Integer> linear =
          f == BinaryOp.MUL ? List.of(0, 1) : f == BinaryOp.DIV ? List.of(0) : List.of();
      boolean positive = f == BinaryOp.DIV || f == BinaryOp.POW;
      int[][][] pairs = {{{3, 4}, {3, 4}}, {{3, 4}, {4}}, {{3, 1}, {2, 1, 4}}, {{}, {2, 3}}};
      for (int[][] dims : pairs) {
        Draw a = r -> positive ? Inputs.positive(r, dims[0]) : Inputs.near(0.2f, r, dims[0]);
        Draw b = r -> positive ? Inputs.positive(r, dims[1]) : Inputs.near(0.6f, r, dims[1]);
        String name = f.label() + Arrays.toString(dims[0]) + Arrays.toString(dims[1]);
        rows.add(row(name, f, List.of(0, 1), linear, a, b));
      }
    }
    Draw mask = r -> Inputs.gaussian(r, 3, 1).relu();
    Draw a = r -> Inputs.gaussian(r, 3, 4);
    Draw b = r -> Inputs.gaussian(r, 4);
    rows.add(row("where", new Where(), List.of(1, 2), List.of(), mask, a, b));
  }

  private static void linear(List<OpCase> rows) {
    linear(rows, "reshape", new Linear.Reshape(Shape.of(2, 6)), 3, 4);
    linear(rows, "reshape to a scalar", new Linear.Reshape(Shape.of()), 1, 1);
    linear(rows, "broadcastTo", new Linear.BroadcastTo(Shape.of(2, 3, 4)), 3, 1);
    linear(rows, "broadcastTo from a scalar", new Linear.BroadcastTo(Shape.of(2, 3)));
    linear(rows, "sumTo", new Linear.SumTo(Shape.of(3, 1)), 2, 3, 4);
    linear(rows, "sumTo the middle", new Linear.SumTo(Shape.of(1, 3, 1)), 2, 3, 4);
    linear(rows, "sumTo the ends", new Linear.SumTo(Shape.of(2, 1, 4)), 2, 3, 4);
    linear(rows, "sumTo a scalar", new Linear.SumTo(Shape.of()), 2, 3, 4);
    linear(rows, "permute", new Linear.Permute(2, 0, 1), 2, 3, 4);
    linear(rows, "slice", new Linear.Slice(List.of(0, 3), List.of(2, -1), Shape.of(2, 3)), 4, 5);
    linear(rows, "place", new Linear.Place(List.of(1, 4), List.of(2, -2), Shape.of(5, 6)), 2, 3);
    linear(rows, "meanTake", new Linear.MeanTake(WINDOW), WINDOW.input().toArray());
    linear(rows, "meanPut", new Linear.MeanPut(WINDOW), WINDOW.output().toArray());
  }

  private static void linear(List<OpCase> rows, String name, Linear op, int... dims) {
    rows.add(row(name, op, List.of(0), List.of(0), r -> Inputs.gaussian(r, dims)));
  }

  private static void bilinear(List<OpCase> rows) {
    for (int t = 0; t < 4; t++) {
      boolean transA = t % 2 == 1;
      boolean transB = t / 2 == 1;
      int[] a = transA ? new int[] {4, 3} : new int[] {3, 4};
      int[] b = transB ? new int[] {5, 4} : new int[] {4, 5};
      int[] batchA = {2, a[0], a[1]};
      int[] batchB = {2, b[0], b[1]};
      MatMul op = new MatMul(transA, transB);
      String name = op.toString();
      both(rows, name, op, a, b);
      both(rows, name + " batches", op, batchA, batchB);
      both(rows, name + " A shared", op, a, batchB);
      both(rows, name + " B shared", op, batchA, b);
    }
    int[] x = CONV.input().toArray();
    int[] w = CONV.filters().toArray();
    int[] y = CONV.output().toArray();
    both(rows, "convolution", new Convolution.Forward(CONV), x, w);
    both(rows, "convolution to input", new Convolution.ToInput(CONV), y, w);
    both(rows, "convolution to filter", new Convolution.ToFilter(CONV), x, y);
  }

  private static void both(List<OpCase> rows, String name, Op op, int[] a, int[] b) {
    Draw left = r -> Inputs.gaussian(r, a);
    Draw right = r -> Inputs.gaussian(r, b);
    rows.add(row(name, op, List.of(0, 1), List.of(0, 1), left, right));
  }

  private static void others(List<OpCase> rows) {
    Draw selector = r -> Inputs.distinct(r, WINDOW.input().toArray());
    Draw image = r -> Inputs.gaussian(r, WINDOW.input().toArray());
    Draw pooled = r -> Inputs.gaussian(r, WINDOW.output().toArray());
    List<Integer> both = List.of(0, 1);
    List<Integer> first = List.of(0);
    List<Integer> second = List.of(1);
    rows.add(row("maxTake", new MaxPool.Take(WINDOW), both, second, selector, image));
    rows.add(row("maxPut", new MaxPool.Put(WINDOW), both, second, selector, pooled));
    Draw x = r -> Inputs.gaussian(r, 3, 5);
    Draw apart = r -> Inputs.distinct(r, 3, 5);
    rows.add(row("logSoftmax", new LogSoftmax(), first, List.of(), x));
    rows.add(row("maxTo rows", new MaxTo(Shape.of(3, 1)), first, List.of(), apart));
    rows.add(row("maxTo columns", new MaxTo(Shape.of(5)), first, List.of(), apart));
    rows.add(row("maxTo a scalar", new MaxTo(Shape.of()), first, List.of(), apart));
    rows.add(row("oneHot", new OneHot(4), first, List.of(), r -> Inputs.places(6, r, 2, 3)));
    Draw planes = r -> Inputs.gaussian(r, 2, 3, 5);
    Draw places = r -> Inputs.places(7, r, 2, 5).sub(1); // some of them outside
    Draw shared = r -> Inputs.places(7, r, 1, 5).sub(1);
    rows.add(row("gather", new Gather(), both, first, planes, places));
    rows.add(row("gather, places shared", new Gather(), both, first, planes, shared));
    rows.add(row("scatter", new Scatter(6), both, first, planes, places));
    rows.add(row("scatter, places shared", new Scatter(6), both, first, planes, shared));
    Draw more = r -> Inputs.gaussian(r, 2, 2, 5);
    rows.add(row("concat", new Concat(1), both, List.of(), planes, more));
    Draw size = r -> Inputs.positive(r, 3, 1);
    rows.add(row("l1Threshold", new L1Threshold(), List.of(), List.of(), x, size));
    Draw count = r -> Inputs.places(6, r, 3, 1);
    rows.add(row("largest", new Largest(), both, List.of(), apart, count));
    for (Noise.Of of : Noise.Of.values()) {
      Noise noise = new Noise(of, "here", Shape.of(3, 4));
      rows.add(row("noise " + of, noise, first, List.of(), r -> Inputs.places(60_000, r, 4)));
      Draw keys = r -> Inputs.places(60_000, r, 3, 4);
      rows.add(row("noise for each row, " + of, noise, first, List.of(), keys));
    }
    rows.add(row("detach", new Detach(), List.of(), List.of(), x));
    rows.add(row("custom", CUBE, first, List.of(), x));
  }

  private static final Custom CUBE =
      new Custom(
          "cube",
          s -> s.get(0),
          v -> v.get(0).mul(v.get(0)).mul(v.get(0)),
          (i, g, v, y) -> g.mul(v.get(0).square().mul(3)));

  private static OpCase row(
      String name, Op op, List<Integer> smooth, List<Integer> linear, Draw... draws) {
    return new OpCase(
        name,
        op,
        smooth,
        linear,
        rng -> {
          List<Tensor> x = new ArrayList<>();
          for (int i = 0; i < draws.length; i++) {
            x.add(draws[i].apply(rng.at(i)));
          }
          return x;
        });
  }
}
