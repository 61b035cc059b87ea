package dev.bagel.nn.onnx;

import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out how a graph that was written for one example computes many at once.
 *
 * <p>The graph is traced dry for two and for three examples, node by node in step. Of every value
 * the one axis whose length follows is where its examples lie; numbers that differ follow too, and
 * a length that does not, such as the 1 in a reshape to [1, −1], was written down for one. An
 * operator that would mix examples refuses. So what comes out is either a graph in which no example
 * sees another, or nothing: then examples have to go through the graph one by one.
 */
final class Batching {
  private final Map<String, Integer> axes = new HashMap<>();
  private final Set<String> varying = new HashSet<>();

  private Batching() {}

  /**
   * The batch of a graph, for any number of examples.
   *
   * @param params parameters of which only the shapes are known
   */
  static Optional<BatchAxes> of(Graph graph, Entry entry, Map<String, Value> params) {
    if (!entry.isBatched()) {
      return Optional.empty();
    }
    Batching b = new Batching();
    b.axes.put(entry.input().name(), 0);
    try {
      Trace two = b.trace(2, graph, entry, params);
      Trace three = b.trace(3, graph, entry, params);
      for (Node n : graph.nodes()) {
        b.checkNumbers(n);
        two.step(n);
        three.step(n);
        boolean batched = n.inputs().stream().anyMatch(b.axes::containsKey);
        for (String name : n.outputs()) {
          if (!name.isEmpty()) {
            b.compare(name, two.get(name), three.get(name), batched);
          }
        }
      }
    } catch (NodeException | ShapeException e) {
      return Optional.empty(); // whether the file is at fault, a trace for one example decides
    }
    return b.axes.containsKey(graph.outputs().get(0))
        ? Optional.of(
            new BatchAxes(
                entry.written(), entry.written(), Map.copyOf(b.axes), Set.copyOf(b.varying)))
        : Optional.empty();
  }

  private Trace trace(int examples, Graph graph, Entry entry, Map<String, Value> params) {
    Trace t =
        new Trace(
            Pass.evaluate(Map.of()), new BatchAxes(examples, entry.written(), axes, varying), true);
    t.put(entry.input().name(), entry.unknown(examples));
    t.put(graph.tensors());
    t.put(params);
    return t;
  }

  /** Numbers that follow the batch are for shapes: in arithmetic, examples would meet in them. */
  private void checkNumbers(Node n) {
    boolean varies = n.inputs().stream().anyMatch(varying::contains);
    boolean batched = n.inputs().stream().anyMatch(axes::containsKey);
    if (varies && batched && Arithmetic.OPERATORS.containsKey(n.operator())) {
      throw new ShapeException("%s: what it computes depends on the number of examples", n.label());
    }
  }

  /**
   * Finds the axis that follows the batch.
   *
   * @param batched whether the value was made of one that has such an axis
   */
  private void compare(String name, Value two, Value three, boolean batched) {
    Shape a = two.shape();
    Shape b = three.shape();
    if (a.rank() != b.rank()) {
      throw new ShapeException("%s for two examples and %s for three", a, b);
    }
    int axis = -1;
    for (int i = 0; i < a.rank(); i++) {
      if (a.dim(i) != b.dim(i)) {
        if (axis >= 0 || a.dim(i) * 3L != b.dim(i) * 2L) {
          throw new ShapeException("%s for two examples and %s for three", a, b);
        }
        axis = i;
      }
    }
    if (axis >= 0) {
      axes.put(name, axis);
    } else if (isKnown(two) && isKnown(three)) {
      if (!same(two, three)) {
        varying.add(name);
      }
    } else if (batched) {
      throw new ShapeException("%s %s is the same for two examples and for three", name, a);
    }
  }

  private static boolean isKnown(Value v) {
    return v instanceof Numbers || (v instanceof Value.Traced t && t.isConstant());
  }

  private static boolean same(Value a, Value b) {
    boolean whole = a instanceof Numbers || b instanceof Numbers;
    return whole ? a.equals(b) : a.var().value().equals(b.var().value());
  }
}
