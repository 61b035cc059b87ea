package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators that make values out of no elements: constants, and what shapes say. */
final class Constants {
  private Constants() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Constant", c -> List.of(constant(c)),
          "ConstantOfShape", c -> List.of(constantOfShape(c)),
          "Shape", c -> List.of(shape(c)),
          "Size", c -> List.of(scalar(Element.INT64, c.shape(0).size())),
          "Range", c -> List.of(range(c)),
          "EyeLike", c -> List.of(eye(c)));

  private static Numbers scalar(Element e, long v) {
    return new Numbers(e, Shape.of(), new long[] {v});
  }

  /** The tensor that a node holds, if it is a constant with one. */
  static Optional<Value> tensor(Node n) {
    return n.operator().equals("Constant")
            && n.attributes().byName().get("value") instanceof Value v
        ? Optional.of(v)
        : Optional.empty();
  }

  private static Value constant(Call c) {
    Attributes a = c.attributes();
    if (a.has("value")) {
      return a.tensor("value").orElseThrow();
    }
    if (a.has("value_float")) {
      return Value.real(Element.FLOAT, Tensor.scalar(a.real("value_float", 0)));
    }
    if (a.has("value_int")) {
      return scalar(Element.INT64, a.number("value_int", 0));
    }
    if (a.has("value_ints")) {
      return Numbers.list(a.numbers("value_ints").orElseThrow());
    }
    float[] list = a.reals("value_floats").orElseThrow(() -> new ShapeException("no value"));
    return Value.real(Element.FLOAT, Tensor.wrap(Shape.of(list.length), list));
  }

  /** A dry run does not make it: a few bytes of a file can ask for any size. */
  private static Value constantOfShape(Call c) {
    Value v =
        c.attributes().tensor("value").orElseGet(() -> Value.real(Element.FLOAT, Tensor.scalar(0)));
    if (v.shape().size() != 1) {
      throw new ShapeException("value %s: one element is needed", v.shape());
    }
    Shape to = Shape.of(c.ints(0));
    if (v instanceof Numbers n) {
      return Numbers.full(n.element(), to, n.item());
    }
    float each = v.var().value().get(0);
    return new Value.Traced(v.element(), c.trace().table(to, y -> Arrays.fill(y, each)));
  }

  private static Numbers shape(Call c) {
    int[] dims = c.shape(0).toArray();
    int from = place(c.attributes().number("start", 0), dims.length);
    int to = place(c.attributes().number("end", dims.length), dims.length);
    return Numbers.list(Arrays.stream(dims, from, Math.max(from, to)).mapToLong(d -> d).toArray());
  }

  private static int place(long i, int rank) {
    return (int) Math.max(0, Math.min(rank, i < 0 ? i + rank : i));
  }

  private static Value range(Call c) {
    if (c.value(0) instanceof Numbers) {
      long from = c.numbers(0).item();
      long step = c.numbers(2).item();
      long count =
          step == 0
              ? -1
              : Math.floorDiv(c.numbers(1).item() - from + step - Long.signum(step), step);
      Shape s = length(count);
      long[] y = new long[s.size()];
      Arrays.setAll(y, i -> from + i * step);
      return new Numbers(c.value(0).element(), s, y);
    }
    float from = c.reals(0)[0];
    float step = c.reals(2)[0];
    Shape s = length((long) Math.ceil((c.reals(1)[0] - (double) from) / step));
    Var y = c.trace().table(s, to -> Selection.ramp(to, from, step));
    return new Value.Traced(c.value(0).element(), y);
  }

  private static Shape length(long count) {
    if (count > Integer.MAX_VALUE) {
      throw new ShapeException("a range of %d numbers", count);
    }
    Shape s = Shape.of((int) Math.max(0, count));
    Numbers.checkSize(s);
    return s;
  }

  private static Value eye(Call c) {
    Shape s = c.shape(0);
    long k = c.attributes().number("k", 0);
    if (s.rank() != 2) {
      throw new ShapeException("ones on the diagonal of %s: a matrix is needed", s);
    }
    int columns = s.dim(1);
    Var y =
        c.trace()
            .table(
                s,
                to -> {
                  for (int i = 0; i < to.length; i++) {
                    to[i] = i % columns - i / columns == k ? 1 : 0;
                  }
                });
    Element e = Element.of(c.attributes().integer("dtype", 0)).orElse(c.value(0).element());
    return Value.of(e, y);
  }
}
