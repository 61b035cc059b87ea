package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that take elements by their places, and masks. */
final class Selection {
  private Selection() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Gather", Selection::gather,
          "GatherElements", Selection::gatherElements,
          "GatherND", Selection::gatherNd,
          "OneHot", Selection::oneHot,
          "NonZero", Selection::nonZero,
          "Trilu", Operator.one(Selection::triangle));

  /** from, from + step, … */
  static void ramp(float[] y, float from, float step) {
    for (int i = 0; i < y.length; i++) {
      y[i] = from + i * step;
    }
  }

  // ---- taking ---------------------------------------------------------------------------------

  /** [before, n, after] at places [Q] of the middle axis → [before, Q, after]. */
  static Var take(Var x, int axis, int... places) {
    Shape s = x.shape();
    int n = s.dim(axis);
    for (int p : places) {
      if (p < 0 || p >= n) {
        throw new ShapeException("place %d of axis %d of %s", p, axis, s);
      }
    }
    int step = places.length < 2 ? 1 : places[1] - places[0];
    boolean even = step != 0;
    for (int i = 1; i < places.length; i++) {
      even &= places[i] - places[i - 1] == step;
    }
    if (even && places.length > 0) { // a slice, which plans read through
      int[] from = new int[s.rank()];
      int[] steps = Attributes.repeated(s.rank(), 1);
      from[axis] = places[0];
      steps[axis] = step;
      return x.slice(from, steps, s.with(axis, places.length));
    }
    Var at = Var.constant(Tensor.ofInts(places)).reshape(1, places.length);
    return gathered(x, axis, at).reshape(s.with(axis, places.length));
  }

  /** The same for places that may depend on the input: x and places [1, Q] → [before, Q, after]. */
  private static Var gathered(Var x, int axis, Var places) {
    Shape s = x.shape();
    int before = s.sub(0, axis).size();
    int after = s.sub(axis + 1, s.rank()).size();
    Var rows = x.reshape(before, s.dim(axis), after);
    if (after == 1) {
      return rows.reshape(1, before, s.dim(axis)).gather(places);
    }
    return rows.permute(0, 2, 1)
        .reshape(1, before * after, s.dim(axis))
        .gather(places)
        .reshape(before, after, places.size())
        .permute(0, 2, 1);
  }

  private static List<Value> gather(Call c) {
    int axis = c.axis(0);
    c.mixes(0, axis);
    Shape s = c.shape(0);
    Shape to = s.sub(0, axis).concat(c.shape(1)).concat(s.sub(axis + 1, s.rank()));
    int n = s.dim(axis);
    if (c.value(1) instanceof Numbers indices) {
      int[] places = Arrays.stream(indices.toArray()).mapToInt(i -> fromFront(i, n)).toArray();
      return List.of(c.value(0).moved(v -> take(v, axis, places).reshape(to)));
    }
    Var places = fromFront(c.var(1), n).reshape(1, c.shape(1).size());
    return c.like(gathered(c.data(0).var(), axis, places).reshape(to));
  }

  private static int fromFront(long i, int n) {
    if (i < -n || i >= n) {
      throw new ShapeException("index %d into an axis of length %d", i, n);
    }
    return (int) (i < 0 ? i + n : i);
  }

  private static Var fromFront(Var places, int n) {
    Var negative = places.neg().step();
    return places.add(negative.mul(n));
  }

  /** y[i, j, …] = x[i, places[i, j, …], …]: every row along the axis has places of its own. */
  private static List<Value> gatherElements(Call c) {
    int axis = c.axis(0);
    Shape s = c.shape(0);
    Shape to = c.shape(1);
    if (to.rank() != s.rank()) {
      throw new ShapeException("elements of %s at %s", s, to);
    }
    c.mixes(0, axis);
    int[] last = axisLast(s.rank(), axis);
    Var places = fromFront(c.var(1), s.dim(axis));
    return List.of(
        c.value(0)
            .moved(
                v -> {
                  Var rows =
                      v.slice(
                          new int[s.rank()],
                          Attributes.repeated(s.rank(), 1),
                          to.with(axis, s.dim(axis)));
                  Var x = rows.permute(last);
                  Var at = places.permute(last);
                  int n = to.dim(axis);
                  int r = n == 0 ? 0 : to.size() / n;
                  return x.reshape(r, 1, s.dim(axis))
                      .gather(at.reshape(r, n))
                      .reshape(at.shape())
                      .permute(inverse(last));
                }));
  }

  static int[] axisLast(int rank, int axis) {
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = i < axis ? i : i + 1;
    }
    order[rank - 1] = axis;
    return order;
  }

  static int[] inverse(int[] order) {
    int[] back = new int[order.length];
    for (int i = 0; i < back.length; i++) {
      back[order[i]] = i;
    }
    return back;
  }

  /** The last axis of the indices says where in the first axes of x (after those of the batch). */
  private static List<Value> gatherNd(Call c) {
    Shape s = c.shape(0);
    Shape at = c.shape(1);
    int b = c.attributes().integer("batch_dims", 0);
    int k = at.dim(-1);
    if (b < 0 || k < 1 || b + k > s.rank() || b >= at.rank() || !at.sub(0, b).equals(s.sub(0, b))) {
      throw new ShapeException("%s at %s with %d axes of a batch", s, at, b);
    }
    for (int i = b; i < b + k; i++) {
      c.mixes(0, i);
    }
    int n = s.sub(0, b).size();
    int cells = s.sub(b, b + k).size();
    Shape rest = s.sub(b + k, s.rank());
    Shape to = at.sub(0, at.rank() - 1).concat(rest);
    Var places = places(c.var(1), s.sub(b, b + k)).reshape(n, at.size() / k / Math.max(1, n));
    return List.of(
        c.value(0)
            .moved(
                v ->
                    v.reshape(n, cells, rest.size())
                        .permute(0, 2, 1)
                        .gather(places)
                        .permute(0, 2, 1)
                        .reshape(to)));
  }

  /** Σ index · stride over the last axis: [..., k] → [...]. */
  private static Var places(Var indices, Shape cells) {
    int[] strides = cells.strides();
    Var sum = null;
    for (int i = 0; i < strides.length; i++) {
      Var one = fromFront(indices.slice(-1, i, i + 1), cells.dim(i)).mul(strides[i]);
      sum = sum == null ? one : sum.add(one);
    }
    return sum;
  }

  private static List<Value> oneHot(Call c) {
    int depth = c.ints(1)[0];
    float[] values = c.reals(2); // off, on
    Shape s = c.shape(0);
    int axis = s.concat(Shape.of(1)).axis(c.attributes().integer("axis", -1));
    Var hot = c.trace().sketched(fromFront(c.var(0), depth)).oneHot(depth);
    Var y = hot.mul(values[1] - values[0]).add(values[0]);
    int[] order = inverse(axisLast(s.rank() + 1, axis));
    return List.of(Value.of(c.value(2).element(), y.permute(order)));
  }

  /** The lower or the upper triangle of matrices. */
  private static Var triangle(Call c) {
    boolean upper = c.attributes().number("upper", 1) != 0;
    c.mixes(0, -1, -2); // what stays depends on the row and the column
    long k = c.has(1) ? c.numbers(1).item() : 0;
    Shape s = c.shape(0);
    Shape matrix = s.sub(s.rank() - 2, s.rank());
    int columns = matrix.dim(1);
    Var kept =
        c.trace()
            .table(
                matrix,
                y -> {
                  for (int i = 0; i < y.length; i++) {
                    long beyond = i % columns - i / columns - k;
                    y[i] = (upper ? beyond >= 0 : beyond <= 0) ? 1 : 0;
                  }
                });
    return kept.where(c.var(0), 0);
  }

  /** The indices of the elements that are not zero, [rank, how many]; only of known numbers. */
  private static List<Value> nonZero(Call c) {
    Value v = c.value(0);
    Numbers is = v instanceof Numbers n ? n : (Numbers) Arithmetic.cast(known(c), Element.BOOL);
    Shape s = v.shape();
    int[] found = new int[s.size()];
    int count = 0;
    for (int i = 0; i < s.size(); i++) {
      if (is.get(i) != 0) {
        found[count++] = i;
      }
    }
    int[] strides = s.strides();
    long[] y = new long[s.rank() * count];
    for (int a = 0; a < s.rank(); a++) {
      for (int j = 0; j < count; j++) {
        y[a * count + j] = found[j] / strides[a] % s.dim(a);
      }
    }
    return List.of(new Numbers(Element.INT64, Shape.of(s.rank(), count), y));
  }

  private static Value known(Call c) {
    c.reals(0); // refuses what is not
    return c.value(0);
  }
}
