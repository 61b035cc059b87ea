package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Var;
import java.util.List;

/** How an operation is written in ONNX, or why it is not. */
sealed interface Rule {
  /**
   * Writes the nodes of an operation.
   *
   * <p>It is asked once for each of two numbers of inputs, and must write the same both times: what
   * it takes from the operation itself are settings, and lengths come from {@link
   * GraphDraft#lengths}.
   */
  @FunctionalInterface
  interface Writing {
    /**
     * Adds nodes to {@code out} and returns the name of the result.
     *
     * @param y the result, whose operation is to be written
     * @param x the names of its arguments
     */
    String write(GraphDraft out, Var y, List<String> x);
  }

  /** Nodes. */
  record Nodes(Writing writing) implements Rule {}

  /** No nodes. */
  record None(String because) implements Rule {}

  /** A single node without settings. */
  static Rule node(String operator) {
    return new Nodes((out, y, x) -> out.node(operator, x));
  }

  static Rule nodes(Writing writing) {
    return new Nodes(writing);
  }

  static Rule none(String because) {
    return new None(because);
  }
}
