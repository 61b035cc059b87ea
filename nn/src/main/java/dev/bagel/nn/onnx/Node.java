package dev.bagel.nn.onnx;

import java.util.List;

/**
 * One operator of a graph, applied.
 *
 * @param place its number in the file
 * @param operator what it computes, such as {@code Conv}; with its domain, if that is not ONNX's
 *     own
 * @param name what the file calls it; may be empty
 * @param opset the version of the operators that the file was written for
 * @param inputs names of values; an empty one stands for an optional input that is left out
 * @param outputs names of values, likewise
 */
record Node(
    int place,
    String operator,
    String name,
    int opset,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** How messages call it. */
  String label() {
    return "node " + (name.isEmpty() ? "number " + place : name) + " (" + operator + ")";
  }
}
