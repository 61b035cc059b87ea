package dev.bagel.nn.onnx;

/** What an operator of a file cannot compute, with the node. */
final class NodeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String node;
  private final String reason;

  NodeException(Node node, RuntimeException cause) {
    super(node.label() + ": " + reason(cause), cause);
    this.node = node.label();
    this.reason = reason(cause);
  }

  private static String reason(RuntimeException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  String node() {
    return node;
  }

  String reason() {
    return reason;
  }
}
