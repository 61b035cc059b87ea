package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.util.Arrays;
import java.util.List;

/** Writes small files for tests, node by node. */
final class Written {
  private final int opset;
  final GraphProto.Builder graph = GraphProto.newBuilder();

  private Written(int opset) {
    this.opset = opset;
  }

  /** A file for this version of the operators. */
  static Written file(int opset) {
    return new Written(opset);
  }

  /** An input of floats; a negative length is left open. */
  Written input(String name, long... dims) {
    graph.addInput(info(name, TensorProto.DataType.FLOAT_VALUE, dims));
    return this;
  }

  Written output(String name) {
    graph.addOutput(info(name, TensorProto.DataType.FLOAT_VALUE));
    return this;
  }

  static ValueInfoProto info(String name, int element, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long d : dims) {
      TensorShapeProto.Dimension.Builder dim = shape.addDimBuilder();
      if (d < 0) {
        dim.setDimParam("n");
      } else {
        dim.setDimValue(d);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(element).setShape(shape)))
        .build();
  }

  Written tensor(String name, Tensor t) {
    graph.addInitializer(floats(name, t));
    return this;
  }

  static TensorProto floats(String name, Tensor t) {
    TensorProto.Builder proto =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    for (int d : t.shape().toArray()) {
      proto.addDims(d);
    }
    for (float v : t.array()) {
      proto.addFloatData(v);
    }
    return proto.build();
  }

  /** A tensor of whole numbers, [n]. */
  static TensorProto list(long... values) {
    return TensorProto.newBuilder()
        .setDataType(TensorProto.DataType.INT64_VALUE)
        .addDims(values.length)
        .addAllInt64Data(Arrays.stream(values).boxed().toList())
        .build();
  }

  Written numbers(String name, long... values) {
    graph.addInitializer(list(values).toBuilder().setName(name));
    return this;
  }

  /**
   * A node.
   *
   * @param says what goes in and out, such as {@code "x, w -> y"}
   * @param attributes names and values in turn: long, float, String, long[] or float[]
   */
  Written node(String operator, String says, Object... attributes) {
    String[] sides = says.split("->", -1);
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(operator).setName(operator + "_" + graph.getNodeCount());
    names(sides[0]).forEach(node::addInput);
    names(sides[1]).forEach(node::addOutput);
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.addNode(node);
    return this;
  }

  private static List<String> names(String list) {
    return list.isBlank()
        ? List.of()
        : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
  }

  static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name);
    if (value instanceof Number n && !(value instanceof Float)) {
      a.setType(AttributeProto.AttributeType.INT).setI(n.longValue());
    } else if (value instanceof Float f) {
      a.setType(AttributeProto.AttributeType.FLOAT).setF(f);
    } else if (value instanceof String s) {
      a.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
    } else if (value instanceof long[] list) {
      a.setType(AttributeProto.AttributeType.INTS).addAllInts(Arrays.stream(list).boxed().toList());
    } else if (value instanceof TensorProto t) {
      a.setType(AttributeProto.AttributeType.TENSOR).setT(t);
    } else {
      a.setType(AttributeProto.AttributeType.FLOATS);
      for (float f : (float[]) value) {
        a.addFloats(f);
      }
    }
    return a.build();
  }

  ModelProto proto() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build();
  }

  byte[] bytes() {
    return proto().toByteArray();
  }

  Model read() throws FormatException {
    return Onnx.read(bytes(), "written", Reading.PLAIN);
  }
}
