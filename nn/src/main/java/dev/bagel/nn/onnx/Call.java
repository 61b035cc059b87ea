package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An operator's view of its node in a trace: inputs, attributes, and where the batch is.
 *
 * @param inputs null for one that is left out
 */
record Call(Node node, List<Value> inputs, Trace trace) {
  Attributes attributes() {
    return node.attributes();
  }

  int opset() {
    return node.opset();
  }

  Pass pass() {
    return trace.pass();
  }

  // ---- inputs ---------------------------------------------------------------------------------

  /** How many inputs there are, trailing ones that are left out not counted. */
  int count() {
    int n = inputs.size();
    while (n > 0 && inputs.get(n - 1) == null) {
      n--;
    }
    return n;
  }

  boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  Value value(int i) {
    if (!has(i)) {
      throw new ShapeException("input %d is missing", i);
    }
    return inputs.get(i);
  }

  Optional<Var> optional(int i) {
    return has(i) ? Optional.of(var(i)) : Optional.empty();
  }

  Var var(int i) {
    Value v = value(i);
    return v instanceof Numbers n ? trace.floats(n) : v.var();
  }

  Shape shape(int i) {
    return value(i).shape();
  }

  /**
   * An input whose elements are of no interest in a dry run. What makes much out of little, such as
   * padding, reads its input so, and a dry run does not make it.
   */
  Value data(int i) {
    Value v = value(i);
    return v instanceof Value.Traced t ? t.with(trace.sketched(t.var())) : v;
  }

  /** An input that has to be known now. */
  Numbers numbers(int i) {
    Value v = value(i);
    if (v instanceof Numbers n) {
      return n;
    }
    if (!(v instanceof Value.Traced t) || !t.isConstant()) {
      throw new ShapeException("input %d depends on the model's input and must be a constant", i);
    }
    return (Numbers) Value.of(Element.INT64, t.var());
  }

  long[] longs(int i) {
    return numbers(i).toArray();
  }

  /** An input of lengths, axes and the like. */
  int[] ints(int i) {
    return Attributes.small("input " + i, longs(i));
  }

  /** The elements of a float input that has to be known now. */
  float[] reals(int i) {
    Var v = var(i);
    if (v.isRecorded()) {
      throw new ShapeException("input %d depends on the model's input and must be a constant", i);
    }
    return v.value().toArray();
  }

  /** Numbers that are an attribute in old versions and an input in new ones. */
  Optional<int[]> integers(String attribute, int input) {
    return has(input) ? Optional.of(ints(input)) : attributes().integers(attribute);
  }

  // ---- axes -----------------------------------------------------------------------------------

  /** The axis that the node names, of input 0, counted from the front. */
  int axis(int otherwise) {
    return shape(0).axis(attributes().integer("axis", otherwise));
  }

  /** The axis of input {@code i} along which examples lie, or −1. */
  int batchAxis(int i) {
    return i < node.inputs().size() ? trace.batch().axis(node.inputs().get(i)) : -1;
  }

  /** Whether the numbers of input {@code i} are the same for any number of examples. */
  boolean isFixed(int i) {
    return i >= node.inputs().size() || !trace.batch().varying().contains(node.inputs().get(i));
  }

  /** Says that elements along these axes of input {@code i} are mixed: they are one example's. */
  void mixes(int i, int... axes) {
    int batch = batchAxis(i);
    for (int a : axes) {
      if (batch >= 0 && shape(i).axis(a) == batch) {
        throw new ShapeException("it mixes the examples of a batch, axis %d of %s", a, shape(i));
      }
    }
  }

  /** Says that everything but the first axis of input {@code i} is mixed. */
  void mixesAllButFirst(int i) {
    int batch = batchAxis(i);
    if (batch > 0) {
      mixes(i, batch);
    }
  }

  // ---- results --------------------------------------------------------------------------------

  /** A result with elements like those of input 0. */
  List<Value> like(Var y) {
    return List.of(Value.of(value(0).element(), y));
  }

  /** Results with elements like those of input 0. */
  List<Value> likeAll(Var... results) {
    Element e = value(0).element();
    return Arrays.stream(results).map(y -> Value.of(e, y)).toList();
  }

  /** How often the results are asked for: outputs that are left out at the end do not count. */
  int outputs() {
    int n = node.outputs().size();
    while (n > 0 && node.outputs().get(n - 1).isEmpty()) {
      n--;
    }
    return n;
  }

  /** What an attribute holds that this project does not know. */
  IllegalArgumentException unknown(String attribute) {
    return new IllegalArgumentException(
        attribute + "=" + attributes().byName().get(attribute) + " is not known");
  }
}
