package dev.bagel.bench.rivals.onnx;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * An ONNX file in the making: nodes and constants between one input, {@code x}, and one output. The
 * numbers of fields are those of {@code onnx.proto}, of attribute types too.
 */
final class OnnxGraph {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private final Proto graph = new Proto().text(2, "net");
  private int values;

  /** Adds a constant under a name. */
  void constant(String name, Tensor t) {
    graph.message(
        5, new Proto().integers(1, dims(t.shape())).integer(2, FLOAT).text(8, name).floats(9, t));
  }

  /** Adds an operation and returns the name of its output. */
  String node(String operation, List<String> inputs, Proto... attributes) {
    String output = "v" + values++;
    Proto node = new Proto();
    inputs.forEach(name -> node.text(1, name));
    node.text(2, output).text(4, operation);
    for (Proto a : attributes) {
      node.message(5, a);
    }
    graph.message(1, node);
    return output;
  }

  static Proto ints(String name, long... values) {
    return new Proto().text(1, name).integers(8, values).integer(20, ATTRIBUTE_INTS);
  }

  static Proto integer(String name, long value) {
    return new Proto().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
  }

  /** The file. */
  byte[] file(Shape x, String output, Shape y) {
    graph.message(11, value("x", x)).message(12, value(output, y));
    return new Proto()
        .integer(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Proto().text(1, "").integer(2, OPSET))
        .toBytes();
  }

  private static Proto value(String name, Shape shape) {
    Proto dims = new Proto();
    for (long d : dims(shape)) {
      dims.message(1, new Proto().integer(1, d));
    }
    Proto tensor = new Proto().integer(1, FLOAT).message(2, dims);
    return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
  }

  private static long[] dims(Shape shape) {
    long[] dims = new long[shape.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.dim(i);
    }
    return dims;
  }
}
