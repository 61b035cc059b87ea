package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Operators that leave the elements as they are, in another shape. */
final class Reshaping {
  private Reshaping() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Identity", c -> List.of(c.value(0)),
          "Reshape", Reshaping::reshape,
          "Flatten", Operator.moving(Reshaping::flatten),
          "Squeeze", Operator.moving(Reshaping::squeeze),
          "Unsqueeze", Operator.moving(Reshaping::unsqueeze));

  /**
   * A target in a file is often written for a batch of one, such as [1, −1]. The examples then lie
   * along that axis of the target before which there are as many elements as before the batch axis
   * of the input.
   */
  private static List<Value> reshape(Call c) {
    long[] target =
        c.has(1)
            ? c.longs(1)
            : c.attributes().numbers("shape").orElseThrow(() -> c.unknown("shape"));
    boolean allowZero = c.attributes().flag("allowzero");
    Shape in = c.shape(0);
    BatchAxes batch = c.trace().batch();
    int axis = c.batchAxis(0);
    if (axis < 0 || batch.examples() == batch.written() || !c.isFixed(1)) {
      Shape to = resolved(in, target, allowZero);
      return List.of(c.value(0).moved(v -> reshaped(c, v, to)));
    }
    Shape one = in.with(axis, in.dim(axis) / batch.examples() * batch.written());
    Shape to = resolved(one, target, allowZero);
    int j = axisAfter(to, in.sub(0, axis).size(), batch.written());
    Shape all = to.with(j, to.dim(j) / batch.written() * batch.examples());
    return List.of(c.value(0).moved(v -> reshaped(c, v, all)));
  }

  /** The first axis with so many elements before it, and a length that {@code n} divides. */
  private static int axisAfter(Shape s, int before, int n) {
    for (int j = 0, size = 1; j < s.rank(); size *= s.dim(j++)) {
      if (size == before && s.dim(j) % n == 0) {
        return j;
      }
    }
    throw new ShapeException("the examples of a batch would not lie along one axis of %s", s);
  }

  /** x in another shape, in which the examples of a batch must still lie one after the other. */
  private static Var reshaped(Call c, Var x, Shape to) {
    int axis = c.batchAxis(0);
    if (axis >= 0 && c.trace().batch().examples() > 1) {
      axisAfter(to, x.shape().sub(0, axis).size(), c.trace().batch().examples());
    }
    return x.reshape(to);
  }

  private static Shape resolved(Shape in, long[] target, boolean allowZero) {
    int[] d = Attributes.small("a length in the target " + Arrays.toString(target), target);
    int open = -1;
    long known = 1;
    for (int i = 0; i < d.length; i++) {
      if (d[i] == 0 && !allowZero) {
        d[i] = in.dim(i);
      }
      if (d[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= d[i];
      }
    }
    if (open >= 0) {
      if (known <= 0 || in.size() % known != 0) {
        throw new ShapeException("reshape %s to %s", in, Arrays.toString(target));
      }
      d[open] = (int) (in.size() / known);
    }
    return Shape.of(d);
  }

  private static UnaryOperator<Var> flatten(Call c) {
    Shape s = c.shape(0);
    int axis = c.attributes().integer("axis", 1);
    int at = axis == s.rank() ? axis : s.axis(axis);
    Shape to = Shape.of(s.sub(0, at).size(), s.sub(at, s.rank()).size());
    return v -> reshaped(c, v, to);
  }

  private static UnaryOperator<Var> squeeze(Call c) {
    Shape s = c.shape(0);
    int[] axes =
        c.integers("axes", 1)
            .orElseGet(
                () ->
                    IntStream.range(0, s.rank())
                        .filter(i -> s.dim(i) == 1 && i != c.batchAxis(0))
                        .toArray());
    for (int a : axes) {
      if (s.dim(a) != 1) {
        throw new ShapeException("squeeze axis %d of %s: its length is not 1", a, s);
      }
    }
    Shape to = s.without(axes);
    return v -> v.reshape(to);
  }

  private static UnaryOperator<Var> unsqueeze(Call c) {
    int[] axes = c.integers("axes", 1).orElseThrow(() -> c.unknown("axes"));
    Shape s = c.shape(0);
    int rank = s.rank() + axes.length;
    boolean[] isNew = new boolean[rank];
    for (int a : axes) {
      int at = a < 0 ? a + rank : a;
      if (at < 0 || at >= rank || isNew[at]) {
        throw new ShapeException("unsqueeze %s at %s", s, Arrays.toString(axes));
      }
      isNew[at] = true;
    }
    int[] d = new int[rank];
    for (int i = 0, from = 0; i < rank; i++) {
      d[i] = isNew[i] ? 1 : s.dim(from++);
    }
    return v -> v.reshape(d);
  }
}
