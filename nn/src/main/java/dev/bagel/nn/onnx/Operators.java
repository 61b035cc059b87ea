package dev.bagel.nn.onnx;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The operators that are known, by name; each is written down in one of the families. */
final class Operators {
  private Operators() {}

  /** The newest version of ONNX's operators whose changes are known here. */
  static final int NEWEST = 28;

  /** The oldest version that operators are read as, but for those that never changed. */
  private static final int OLDEST = 6;

  private static final Set<String> UNCHANGED = Set.of("And", "Or", "Xor", "Not");

  private static final Map<String, Operator> ALL =
      Stream.of(
              Constants.OPERATORS,
              Reshaping.OPERATORS,
              Movement.OPERATORS,
              Padding.OPERATORS,
              Arithmetic.OPERATORS,
              Activations.OPERATORS,
              Reductions.OPERATORS,
              Normalisation.OPERATORS,
              Products.OPERATORS,
              Convolutions.OPERATORS,
              Pooling.OPERATORS,
              Selection.OPERATORS,
              Extremes.OPERATORS,
              Resampling.OPERATORS)
          .flatMap(family -> family.entrySet().stream())
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)); // none is in two

  static Set<String> names() {
    return ALL.keySet();
  }

  /** Whether the operator is known as it is in the version that the file was written for. */
  static boolean knows(Node node) {
    return ALL.containsKey(node.operator()) && !isOld(node);
  }

  private static boolean isOld(Node node) {
    return node.opset() < OLDEST && !UNCHANGED.contains(node.operator());
  }

  /** How messages call an operator that is not known. */
  static String described(Node node) {
    return ALL.containsKey(node.operator())
        ? node.operator() + " of version " + node.opset()
        : node.operator();
  }

  static Operator of(Node node) {
    return ALL.get(node.operator());
  }
}
