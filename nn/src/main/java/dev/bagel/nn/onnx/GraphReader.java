package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the messages of a file as a {@link Graph} and checks its structure: every value is computed
 * once, and before it is read, so there is no cycle.
 */
final class GraphReader {
  private final String source;
  private final TensorReader tensors;

  GraphReader(String source, ExternalData external, long fileBytes) {
    this.source = source;
    this.tensors = new TensorReader(source, external, fileBytes);
  }

  /** The message that a file is. */
  ModelProto parsed(byte[] file) throws FormatException {
    try { // tensors are read where they lie in the file, and not from a copy of it
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(file).newCodedInput();
      in.enableAliasing(true);
      return ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw refused("the file", "no ONNX model: " + e.getMessage(), "fetch it again").because(e);
    } catch (OutOfMemoryError e) { // lists of small numbers take more room than in the file
      throw refused("the file", "it does not fit into the heap", "start java with a larger -Xmx");
    }
  }

  /** Free text about the model, by key. */
  static Map<String, String> metadata(ModelProto model) {
    Map<String, String> all = new LinkedHashMap<>();
    model.getMetadataPropsList().forEach(e -> all.put(e.getKey(), e.getValue()));
    return all;
  }

  Graph read(ModelProto model) throws FormatException {
    if (!model.hasGraph()) {
      throw refused("the file", "no graph: no ONNX model, or an empty one", "fetch it again");
    }
    return read(model.getGraph(), versions(model));
  }

  private Map<String, Integer> versions(ModelProto model) throws FormatException {
    Map<String, Integer> versions = new HashMap<>();
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      String domain = set.getDomain().equals("ai.onnx") ? "" : set.getDomain();
      long version = set.getVersion();
      if (domain.isEmpty() && (version < 1 || version > Operators.NEWEST)) {
        throw refused(
            "opset_import",
            "version " + version + " of the operators, and 1 … " + Operators.NEWEST + " are known",
            "write the model for version " + Operators.NEWEST);
      }
      versions.put(domain, (int) version);
    }
    return versions;
  }

  private Graph read(GraphProto graph, Map<String, Integer> versions) throws FormatException {
    if (graph.getSparseInitializerCount() > 0) {
      throw refused("sparse_initializer", "a sparse tensor", "store it as a dense one");
    }
    Map<String, Value> held = new LinkedHashMap<>();
    for (TensorProto t : graph.getInitializerList()) {
      String where = "initializer " + t.getName();
      if (held.put(t.getName(), tensors.read(t, where)) != null) {
        throw refused(where, "a second initializer of this name", "rename one of them");
      }
    }
    List<Graph.Input> inputs = new ArrayList<>();
    Set<String> known = new HashSet<>(held.keySet());
    for (ValueInfoProto in : graph.getInputList()) {
      if (known.add(in.getName())) {
        inputs.add(input(in));
      } else if (!held.containsKey(in.getName())) {
        throw refused("input " + in.getName(), "a second input of this name", "rename one of them");
      }
    }
    List<Node> nodes = nodes(graph, versions, known);
    List<String> outputs = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    for (String name : outputs) {
      if (!known.contains(name)) {
        throw refused("output " + name, "no node computes it", "write the model again");
      }
    }
    return new Graph(nodes, held, inputs, outputs);
  }

  private List<Node> nodes(GraphProto graph, Map<String, Integer> versions, Set<String> known)
      throws FormatException {
    List<Node> nodes = new ArrayList<>();
    for (NodeProto n : graph.getNodeList()) {
      Node node = node(n, nodes.size(), versions);
      for (String in : node.inputs()) {
        if (!in.isEmpty() && !known.contains(in)) {
          throw refused(
              node.label(),
              "input " + in + " is computed by no node before it",
              "sort the nodes; a cycle cannot be sorted");
        }
      }
      for (String out : node.outputs()) {
        if (!out.isEmpty() && !known.add(out)) {
          throw refused(node.label(), "a second value named " + out, "rename one of them");
        }
      }
      nodes.add(node);
    }
    return nodes;
  }

  private Graph.Input input(ValueInfoProto in) throws FormatException {
    TypeProto.Tensor type = in.getType().getTensorType();
    Element element = Element.of(type.getElemType()).orElse(null);
    if (!in.getType().hasTensorType() || element == null) {
      throw refused("input " + in.getName(), "it is no tensor of numbers", "write another model");
    }
    if (!type.hasShape()) {
      return new Graph.Input(in.getName(), element, null);
    }
    List<Dimension> dims = type.getShape().getDimList();
    long[] lengths = dims.stream().mapToLong(d -> d.hasDimValue() ? d.getDimValue() : -1).toArray();
    return new Graph.Input(in.getName(), element, lengths);
  }

  private Node node(NodeProto n, int place, Map<String, Integer> versions) throws FormatException {
    String domain = n.getDomain().equals("ai.onnx") ? "" : n.getDomain();
    String where = "node " + (n.getName().isEmpty() ? "number " + place : n.getName());
    Map<String, Object> attributes = new HashMap<>();
    for (AttributeProto a : n.getAttributeList()) {
      if (attributes.put(a.getName(), attribute(a, where)) != null) {
        throw refused(where, "a second attribute " + a.getName(), "write the model again");
      }
    }
    return new Node(
        place,
        domain.isEmpty() ? n.getOpType() : domain + "." + n.getOpType(),
        n.getName(),
        versions.getOrDefault(domain, 1),
        n.getInputList(),
        n.getOutputList(),
        new Attributes(attributes));
  }

  private Object attribute(AttributeProto a, String where) throws FormatException {
    return switch (a.getType()) {
      case INT -> a.getI();
      case FLOAT -> a.getF();
      case STRING -> a.getS().toStringUtf8();
      case INTS -> a.getIntsList();
      case FLOATS -> a.getFloatsList();
      case TENSOR -> tensors.read(a.getT(), where + ", attribute " + a.getName());
      default -> a.getType(); // no operator that is known here reads it
    };
  }

  private FormatException refused(String where, String what, String fix) {
    return FormatException.of(source, where, what, fix);
  }
}
