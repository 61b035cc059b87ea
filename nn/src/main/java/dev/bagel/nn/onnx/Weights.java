package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Params;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which of a file's tensors are parameters: floats that nothing reads but operators that learn
 * them, and what only changes their shape. The statistics of batch normalisation are buffers. All
 * other tensors stay in the graph, since an operator may have to know them while it is traced.
 */
final class Weights {
  private Weights() {}

  private enum Role {
    WEIGHT,
    BUFFER,
    /** The role of what is made of it. */
    PASSED_ON,
    NONE
  }

  /** The parameters of a graph, by the names of the file. */
  static Params of(Graph graph) {
    Map<String, Set<Role>> roles = new HashMap<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) { // readers come before what they read
      Node n = graph.nodes().get(i);
      for (int j = 0; j < n.inputs().size(); j++) {
        Set<Role> of = roles.computeIfAbsent(n.inputs().get(j), name -> new HashSet<>());
        Role role = role(n, j, graph);
        if (role == Role.PASSED_ON) {
          of.addAll(roles.getOrDefault(n.outputs().get(0), Set.of(Role.NONE)));
        } else {
          of.add(role);
        }
      }
    }
    graph
        .outputs()
        .forEach(name -> roles.computeIfAbsent(name, o -> new HashSet<>()).add(Role.NONE));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    graph
        .tensors()
        .forEach(
            (name, v) -> {
              Set<Role> of = roles.getOrDefault(name, Set.of());
              if (v instanceof Value.Traced && of.equals(Set.of(Role.WEIGHT))) {
                weights.put(name, v.var().value());
              } else if (v instanceof Value.Traced && of.equals(Set.of(Role.BUFFER))) {
                buffers.put(name, v.var().value());
              }
            });
    return new Params(weights, buffers);
  }

  private static Role role(Node n, int input, Graph graph) {
    return switch (n.operator()) {
      case "Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum" -> Role.WEIGHT;
      case "InstanceNormalization", "LayerNormalization", "GroupNormalization", "PRelu" ->
          Role.WEIGHT;
      case "BatchNormalization" -> input < 3 ? Role.WEIGHT : Role.BUFFER;
      case "RMSNormalization" -> Role.WEIGHT;
      case "Add", "Mul", "Sum" -> isList(graph.tensors().get(n.inputs().get(input)));
      case "Gather" -> input == 0 ? Role.WEIGHT : Role.NONE;
      case "Concat" -> Role.WEIGHT;
      case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand" ->
          input == 0 ? Role.PASSED_ON : Role.NONE;
      default -> Role.NONE;
    };
  }

  /** A single number that everything is scaled by or shifted by is none that was learned. */
  private static Role isList(Value v) {
    return v == null || v.shape().size() > 1 ? Role.WEIGHT : Role.NONE;
  }

  /** Parameters of which only the shapes are known. */
  static Map<String, Value> sketched(Params params) {
    Map<String, Value> shapes = new LinkedHashMap<>();
    params
        .all()
        .forEach((n, t) -> shapes.put(n, new Value.Traced(Element.FLOAT, Var.unknown(t.shape()))));
    return shapes;
  }
}
