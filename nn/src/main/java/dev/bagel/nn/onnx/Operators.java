package dev.bagel.nn.onnx;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The operators that are known, by name; each is written down in one of the families. */
final class Operators {
  private Operators() {}

  /** The newest version of ONNX's operators whose changes are known here. */
  static final int NEWEST = 28;

  /** The oldest version that operators are read as, but for those that never changed. */
  private static final int OLDEST = 6;

  private static final List<String> UNCHANGED = List.of("And", "Or", "Xor", "Not");

  private static final Map<String, Operator> ALL = all();

  private static Map<String, Operator> all() {
    Map<String, Operator> all = new HashMap<>();
    all.putAll(Constants.OPERATORS);
    all.putAll(Movement.OPERATORS);
    all.putAll(Padding.OPERATORS);
    all.putAll(Arithmetic.OPERATORS);
    all.putAll(Activations.OPERATORS);
    all.putAll(Reductions.OPERATORS);
    all.putAll(Normalising.OPERATORS);
    all.putAll(Products.OPERATORS);
    all.putAll(Convolutions.OPERATORS);
    all.putAll(Pooling.OPERATORS);
    all.putAll(Choosing.OPERATORS);
    all.putAll(Resampling.OPERATORS);
    return all;
  }

  /** Whether the operator is known as it is in the version that the file was written for. */
  static boolean knows(Node node) {
    return ALL.containsKey(node.operator())
        && (node.opset() >= OLDEST || UNCHANGED.contains(node.operator()));
  }

  /** What is known. */
  static Set<String> names() {
    return Collections.unmodifiableSet(ALL.keySet());
  }

  static Operator of(Node node) {
    return ALL.get(node.operator());
  }
}
