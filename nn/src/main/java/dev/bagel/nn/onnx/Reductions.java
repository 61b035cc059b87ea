package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** Operators that make one element of many along some axes. */
final class Reductions {
  private Reductions() {}

  static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          Map.entry("ReduceSum", of(Var::sumAxes, 0, Long::sum)),
          Map.entry("ReduceProd", of(Reductions::product, 1, (a, b) -> a * b)),
          Map.entry("ReduceMax", of(Reductions::max, Long.MIN_VALUE, Math::max)),
          Map.entry(
              "ReduceMin", of((x, axes) -> max(x.neg(), axes).neg(), Long.MAX_VALUE, Math::min)),
          Map.entry("ReduceMean", of(Var::meanAxes)),
          Map.entry("ReduceL1", of((x, axes) -> x.abs().sumAxes(axes))),
          Map.entry("ReduceL2", of((x, axes) -> x.square().sumAxes(axes).sqrt())),
          Map.entry("ReduceSumSquare", of((x, axes) -> x.square().sumAxes(axes))),
          Map.entry("ReduceLogSum", of((x, axes) -> x.sumAxes(axes).log())),
          Map.entry("ReduceLogSumExp", of(Reductions::logSumExp)),
          Map.entry("CumSum", Operator.one(Reductions::cumulated)));

  private interface Rule {
    /** The axes stay, with length 1. */
    Var of(Var x, int... axes);
  }

  private static Operator of(Rule f) {
    return of(f, 0, null);
  }

  /** With what is done to whole numbers that are known now, if that is of use. */
  private static Operator of(Rule f, long start, LongBinaryOperator whole) {
    return c -> {
      Shape s = c.shape(0);
      int[] axes = axes(c);
      c.mixes(0, axes);
      boolean keep = c.attributes().number("keepdims", 1) != 0;
      Shape to = keep ? s.keep1(axes) : s.without(axes);
      if (axes.length == 0) {
        return c.like(f.of(c.var(0).reshape(s.concat(Shape.of(1))), s.rank()).reshape(s));
      }
      if (whole != null && c.value(0) instanceof Numbers n) {
        Numbers y = n;
        for (int a : axes) {
          y = y.reduce(a, start, whole);
        }
        return List.of(y.moved(v -> v.reshape(to)));
      }
      return c.like(f.of(c.var(0), axes).reshape(to));
    };
  }

  /**
   * Axes are an attribute in old versions; none means all, unless the node says that it means none.
   */
  private static int[] axes(Call c) {
    Shape s = c.shape(0);
    int[] axes = c.integers("axes", 1).orElse(new int[0]);
    if (axes.length == 0 && !c.attributes().flag("noop_with_empty_axes")) {
      return IntStream.range(0, s.rank()).toArray();
    }
    return IntStream.of(axes).map(s::axis).distinct().toArray();
  }

  private static Var max(Var x, int... axes) {
    if (x.size() == 0) {
      Shape to = x.shape().keep1(axes);
      return Var.constant(Float.NEGATIVE_INFINITY).broadcastTo(to);
    }
    return x.maxAxes(axes);
  }

  private static Var logSumExp(Var x, int... axes) {
    Var m = x.maxAxes(axes).clamp(-Float.MAX_VALUE, Float.MAX_VALUE).detach();
    return x.sub(m).exp().sumAxes(axes).log().add(m);
  }

  /** Halves are multiplied with each other until one element is left. */
  private static Var product(Var x, int... axes) {
    Var y = x;
    for (int a : axes) {
      for (int n = y.shape().dim(a); n != 1; n = y.shape().dim(a)) {
        if (n == 0) {
          return Var.constant(1f).broadcastTo(x.shape().keep1(axes));
        }
        Var halves = y.slice(a, 0, n / 2).mul(y.slice(a, n / 2, n / 2 * 2));
        y = n % 2 == 0 ? halves : Var.concat(a, halves, y.slice(a, n - 1, n));
      }
    }
    return y;
  }

  /** A product with a triangle of ones. */
  private static Var cumulated(Call c) {
    Var x = c.var(0);
    int axis = x.shape().axis(c.ints(1)[0]);
    c.mixes(0, axis);
    boolean exclusive = c.attributes().flag("exclusive");
    boolean reverse = c.attributes().flag("reverse");
    int n = x.shape().dim(axis);
    if (n > 4096) {
      throw new ShapeException("sums along an axis of length %d; at most 4096", n);
    }
    Var triangle =
        c.trace()
            .table(
                Shape.of(n, n),
                y -> {
                  for (int i = 0; i < y.length; i++) {
                    int later = reverse ? i / n - i % n : i % n - i / n;
                    y[i] = later > 0 || (later == 0 && !exclusive) ? 1 : 0;
                  }
                });
    int[] order = Selection.axisLast(x.shape().rank(), axis);
    Var rows = x.permute(order);
    return rows.reshape(x.size() / Math.max(1, n), n)
        .matmul(triangle)
        .reshape(rows.shape())
        .permute(Selection.inverse(order));
  }
}
