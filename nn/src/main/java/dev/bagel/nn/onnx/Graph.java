package dev.bagel.nn.onnx;

import dev.bagel.nn.layer.Pass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file's computation: nodes in an order in which they can be computed, and the tensors that the
 * file holds.
 *
 * @param inputs what has to be given; tensors that the file holds are not among them
 */
record Graph(
    List<Node> nodes, Map<String, Value> tensors, List<Input> inputs, List<String> outputs) {
  /**
   * An input as the file declares it.
   *
   * @param dims the lengths of the axes, −1 for one that is not fixed; null if not even their
   *     number is
   */
  record Input(String name, Element element, long[] dims) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(name).append(" [");
      for (int i = 0; dims != null && i < dims.length; i++) {
        text.append(i == 0 ? "" : ", ").append(dims[i] < 0 ? "?" : "" + dims[i]);
      }
      return text.append(dims == null ? "?]" : "]").toString();
    }
  }

  Graph {
    nodes = List.copyOf(nodes);
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** What is needed for these outputs. */
  Graph needed(List<String> wanted) {
    Set<String> read = new HashSet<>(wanted);
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node n = nodes.get(i);
      if (n.outputs().stream().anyMatch(o -> !o.isEmpty() && read.contains(o))) {
        read.addAll(n.inputs());
        kept.add(n);
      }
    }
    Collections.reverse(kept);
    Map<String, Value> held = new LinkedHashMap<>(tensors);
    held.keySet().retainAll(read);
    List<Input> given = inputs.stream().filter(in -> read.contains(in.name())).toList();
    return new Graph(kept, held, given, wanted);
  }

  /** The same without these tensors, which come from elsewhere. */
  Graph without(Set<String> names) {
    Map<String, Value> held = new LinkedHashMap<>(tensors);
    held.keySet().removeAll(names);
    return new Graph(nodes, held, inputs, outputs);
  }

  /**
   * The same with the arithmetic on known numbers done: what is left depends on inputs, or changes
   * the shape of floats that may be parameters.
   *
   * @throws NodeException if an operator refuses its inputs
   */
  Graph folded() {
    Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, true);
    trace.put(tensors);
    Map<String, Value> held = new LinkedHashMap<>(tensors);
    List<Node> left = new ArrayList<>();
    for (Node n : nodes) {
      Optional<Value> constant = Constants.tensor(n);
      if (constant.isPresent()) { // weights, maybe, like the tensors beside the nodes
        held.put(n.outputs().get(0), constant.get());
        trace.put(n.outputs().get(0), constant.get());
        continue;
      }
      List<Value> in = n.inputs().stream().filter(i -> !i.isEmpty()).map(held::get).toList();
      boolean known = in.stream().allMatch(v -> v instanceof Numbers || isNumber(v));
      if (known) {
        trace.step(n);
      }
      List<String> out = n.outputs().stream().filter(o -> !o.isEmpty()).toList();
      if (known && out.stream().noneMatch(o -> trace.get(o).var().isSymbolic())) {
        out.forEach(o -> held.put(o, trace.get(o)));
      } else {
        left.add(n);
      }
    }
    return new Graph(left, held, inputs, outputs).needed(outputs);
  }

  /** A single float, as the arithmetic on shapes has them. */
  private static boolean isNumber(Value v) {
    return v != null && v.shape().size() <= 1;
  }
}
