package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that find the largest or smallest elements of rows and their places. */
final class Extremes {
  private Extremes() {}

  /** The most elements per row that TopK takes: each costs a pass over the row. */
  private static final int TOP = 256;

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "ArgMax",
          c -> extreme(c, c.var(0)),
          "ArgMin",
          c -> extreme(c, c.var(0).neg()),
          "TopK",
          Extremes::topK,
          "Hardmax",
          Operator.one(Extremes::hardmax));

  /** The place of the largest element of every row of the last axis, which stays: flat. */
  private static Var argmax(Call c, Var x, boolean last) {
    int n = x.shape().dim(-1);
    Var is = x.atLeast(x.maxAxes(-1));
    Var fromEnd = c.trace().table(Shape.of(n), y -> Selection.ramp(y, n - 1, -1));
    Var fromFront = c.trace().table(Shape.of(n), y -> Selection.ramp(y, 0, 1));
    return last
        ? is.mul(fromFront).maxAxes(-1)
        : is.mul(fromEnd).maxAxes(-1).neg().add(n - 1); // the first of equal ones
  }

  private static List<Value> extreme(Call c, Var x) {
    int axis = c.axis(0);
    c.mixes(0, axis);
    if (x.shape().dim(axis) == 0) {
      throw new ShapeException("the largest of none, axis %d of %s", axis, x.shape());
    }
    int[] order = Selection.axisLast(x.shape().rank(), axis);
    Var place =
        argmax(c, x.permute(order), c.attributes().flag("select_last_index"))
            .permute(Selection.inverse(order));
    boolean keep = c.attributes().number("keepdims", 1) != 0;
    Var y = keep ? place : place.reshape(place.shape().without(axis));
    return List.of(Value.of(Element.INT64, y));
  }

  /** k passes, of which each takes the largest element and strikes it out. */
  private static List<Value> topK(Call c) {
    int axis = c.axis(-1);
    c.mixes(0, axis);
    int k = c.has(1) ? c.ints(1)[0] : c.attributes().integer("k", -1);
    Shape s = c.shape(0);
    int n = s.dim(axis);
    if (k < 1 || k > n || k > TOP) {
      throw new ShapeException("the largest %d of %d; at most %d", k, n, TOP);
    }
    boolean largest = c.attributes().number("largest", 1) != 0;
    int[] order = Selection.axisLast(s.rank(), axis);
    Var rows = c.var(0).permute(order);
    Var left = largest ? rows : rows.neg();
    List<Var> values = new ArrayList<>();
    List<Var> places = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      Var place = argmax(c, left, false);
      Var is = place.reshape(place.shape().without(-1)).oneHot(n);
      values.add(is.where(rows, 0).sumAxes(-1));
      places.add(place);
      left = is.where(Float.NEGATIVE_INFINITY, left);
    }
    int[] back = Selection.inverse(order);
    return List.of(
        Value.of(c.value(0).element(), joined(values).permute(back)),
        Value.of(Element.INT64, joined(places).permute(back)));
  }

  private static Var joined(List<Var> columns) {
    return Var.concat(-1, columns.toArray(Var[]::new));
  }

  private static Var hardmax(Call c) {
    return Normalisation.alongRows(
        c,
        x -> {
          Var place = argmax(c, x, false);
          return place.reshape(place.shape().without(-1)).oneHot(x.shape().dim(-1));
        });
  }
}
