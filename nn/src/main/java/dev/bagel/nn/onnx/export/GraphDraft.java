package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX graph in the making: nodes and constants, each with a name that nothing else has. A node
 * is called after the layer that it belongs to, and its result after the node.
 */
final class GraphDraft {
  private static final long LARGEST = Integer.MAX_VALUE - (1L << 20); // the rest is for the graph

  private final Trace trace;
  private final Map<Var, Lengths> lengths;
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final Map<String, Tensor> floats = new LinkedHashMap<>();
  private final Map<String, long[]> longs = new LinkedHashMap<>();
  private final IdentityHashMap<Var, String> values = new IdentityHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private String layer = "";
  private String inputs; // how many there are: the name of an int64 [1]

  GraphDraft(Trace trace, Map<Var, Lengths> lengths) {
    this.trace = trace;
    this.lengths = lengths;
    taken.addAll(trace.parameters().values());
    for (Cell x : trace.inputs()) {
      values.put(x.var(), unique(x.name()));
    }
  }

  /** All that the output of a trace needs, as nodes. */
  static GraphDraft of(Trace trace, Map<Var, Lengths> lengths) {
    GraphDraft draft = new GraphDraft(trace, lengths);
    for (Tile tile : Tile.cover(trace)) {
      draft.layer = trace.layers().getOrDefault(tile.result(), "");
      List<String> operands = tile.reads().stream().map(draft::value).toList();
      draft.values.put(tile.result(), tile.writing().write(draft, operands));
    }
    return draft;
  }

  /** The graph, whose result is called {@code output}. */
  GraphProto proto(String name, String output) {
    String result = unique(output);
    String was = value(trace.output());
    if (nodes.stream().noneMatch(n -> n.getOutput(0).equals(was))) { // an input or a constant
      nodes.add(
          NodeProto.newBuilder()
              .addInput(was)
              .addOutput(result)
              .setName(unique("Identity"))
              .setOpType("Identity"));
    } else {
      rename(was, result);
    }
    checkSize();
    GraphProto.Builder graph = GraphProto.newBuilder().setName(name);
    nodes.forEach(graph::addNode);
    floats.forEach((constant, t) -> graph.addInitializer(Protos.floats(constant, t)));
    longs.forEach((constant, numbers) -> graph.addInitializer(Protos.longs(constant, numbers)));
    for (Cell x : trace.inputs()) {
      graph.addInput(Protos.value(values.get(x.var()), lengths(x.var())));
    }
    return graph.addOutput(Protos.value(result, lengths(trace.output()))).build();
  }

  private void checkSize() {
    long bytes = floats.values().stream().mapToLong(t -> 4L * t.size()).sum();
    if (bytes > LARGEST) {
      throw new IllegalArgumentException(
          "%,d bytes of weights: a file of ONNX has at most 2 GB; write safetensors"
              .formatted(bytes));
    }
  }

  private void rename(String was, String is) {
    for (NodeProto.Builder node : nodes) {
      if (node.getOutput(0).equals(was)) {
        node.setOutput(0, is);
      }
      for (int i = 0; i < node.getInputCount(); i++) {
        if (node.getInput(i).equals(was)) {
          node.setInput(i, is);
        }
      }
    }
  }

  /** What the first node is called that differs, if any does. */
  Optional<String> difference(GraphDraft that) {
    for (int i = 0; i < nodes.size(); i++) {
      boolean same =
          i < that.nodes.size() && nodes.get(i).build().equals(that.nodes.get(i).build());
      if (!same) {
        return Optional.of(nodes.get(i).getName());
      }
    }
    for (Map.Entry<String, Tensor> e : floats.entrySet()) {
      if (!e.getValue().equals(that.floats.get(e.getKey()))) {
        return Optional.of(e.getKey());
      }
    }
    for (Map.Entry<String, long[]> e : longs.entrySet()) {
      if (!Arrays.equals(e.getValue(), that.longs.get(e.getKey()))) {
        return Optional.of(e.getKey());
      }
    }
    return Optional.empty();
  }

  // ---- what rules ask
  // -----------------------------------------------------------------------------

  /** The axes of a variable. */
  Lengths lengths(Var v) {
    return lengths.get(v);
  }

  /** The name of a variable's value. What depends on parameters alone is a constant. */
  String value(Var v) {
    String known = values.get(v);
    if (known == null) {
      known = constant(v);
      values.put(v, known);
    }
    return known;
  }

  /**
   * The name of a constant in another shape of the same size: the parameter itself if it can be.
   */
  String value(Var v, Shape as) {
    Var root = v;
    while (root.op() instanceof Linear.Reshape && !root.shape().equals(as)) {
      root = root.args().get(0);
    }
    if (root.shape().equals(as)) {
      return value(root);
    }
    String name = unique(derivedName(v));
    floats.put(name, v.value().reshape(as));
    return name;
  }

  // ---- what rules write
  // ---------------------------------------------------------------------------

  /** Adds a node without settings; the name of its result. */
  String node(String operator, List<String> operands) {
    return node(operator, operands, Attributes.NONE);
  }

  /** Adds a node; the name of its result. */
  String node(String operator, List<String> operands, Attributes attributes) {
    String name = unique(inLayer(operator));
    nodes.add(
        NodeProto.newBuilder()
            .addAllInput(operands)
            .addOutput(name)
            .setName(name)
            .setOpType(operator)
            .addAllAttribute(attributes.all()));
    return name;
  }

  /** Adds a constant; its name. */
  String constant(String role, Tensor t) {
    String name = unique(inLayer(role));
    floats.put(name, t);
    return name;
  }

  /** Adds a list of whole numbers, such as axes; its name. */
  String longs(String role, long... numbers) {
    String name = unique(inLayer(role));
    longs.put(name, numbers.clone());
    return name;
  }

  /** Adds a number. */
  String number(float v) {
    return constant("number", Tensor.scalar(v));
  }

  /** Changes the type of a value. */
  String cast(String x, DataType to) {
    return node("Cast", List.of(x), Attributes.of("to", to.getNumber()));
  }

  /** The name of a shape as a list of whole numbers, some of them computed from N. */
  String shape(Lengths s) {
    if (s.isFixed()) {
      return longs("shape", s.axes().stream().mapToLong(Lengths.Axis::times).toArray());
    }
    List<String> parts = new ArrayList<>();
    for (Lengths.Axis a : s.axes()) {
      if (!a.perInput()) {
        parts.add(longs("length", a.times()));
      } else if (a.times() == 1) {
        parts.add(inputs());
      } else {
        parts.add(node("Mul", List.of(inputs(), longs("times", a.times()))));
      }
    }
    return node("Concat", parts, Attributes.of("axis", 0));
  }

  private String inputs() {
    if (inputs == null) {
      inputs =
          node(
              "Shape",
              List.of(values.get(trace.inputs().get(0).var())),
              Attributes.of("start", 0).and("end", 1));
    }
    return inputs;
  }

  // ---- constants
  // ----------------------------------------------------------------------------------

  private String constant(Var v) {
    String parameter = trace.parameters().get(v);
    if (parameter != null) {
      floats.put(parameter, v.value()); // nothing else has its name
      return parameter;
    }
    Lengths of = lengths(v);
    String name = unique(derivedName(v));
    floats.put(name, of.isFixed() ? v.value() : forOne(v, of.perInput()));
    return of.isFixed() ? name : node("Expand", List.of(name, shape(of)));
  }

  /** A constant that was made for the number of inputs, for one input. */
  private Tensor forOne(Var v, int... axes) {
    Var one = Var.constant(v.value());
    for (int axis : axes) {
      one = one.slice(axis, 0, 1);
    }
    if (!one.broadcastTo(v.shape()).value().equals(v.value())) {
      throw new IllegalArgumentException(
          "a constant %s in %s differs from input to input: what is computed for one must not"
                  .formatted(v.shape(), layer.isEmpty() ? "the network" : "layer " + layer)
              + " depend on its place in the batch");
    }
    return one.value();
  }

  /** What is computed from one parameter is called after it. */
  private String derivedName(Var v) {
    List<String> from =
        Var.history(List.of(v)).stream()
            .filter(trace.parameters()::containsKey)
            .map(trace.parameters()::get)
            .toList();
    return from.size() != 1
        ? inLayer("constant")
        : from.get(0) + (v.op() == null ? "" : "/" + v.op().label());
  }

  // ---- names
  // --------------------------------------------------------------------------------------

  private String inLayer(String role) {
    return layer.isEmpty() ? role : layer + "/" + role;
  }

  private String unique(String wish) {
    String name = wish;
    for (int i = 1; !taken.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }
}
