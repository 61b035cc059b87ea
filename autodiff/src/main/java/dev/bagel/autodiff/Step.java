package dev.bagel.autodiff;

import dev.bagel.autodiff.Linear.Reading;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Pointwise;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a plan runs as one kernel: one operation, or a chain of elementwise ones that share a shape.
 */
final class Step {
  final List<Node> nodes = new ArrayList<>(); // in the order of computation
  private Set<Node> inputs;

  boolean isChain() {
    return nodes.get(0).isElementwise();
  }

  Shape shape() {
    return nodes.get(0).shape;
  }

  /** The nodes whose values somebody else needs. */
  List<Node> results() {
    return nodes.stream()
        .filter(n -> n.wanted || n.users.stream().anyMatch(u -> u.step != this))
        .toList();
  }

  /** What has to be in memory when this runs: arguments from outside, readings seen through. */
  Set<Node> inputs() {
    if (inputs == null) {
      inputs = new LinkedHashSet<>();
      for (Node n : nodes) {
        for (Node a : n.args) {
          if (a.step != this) {
            inputs.add(isSeenThrough(a) ? a.args.get(0) : a);
          }
        }
      }
    }
    return inputs;
  }

  /**
   * Whether {@code result} may be written over {@code input}: each of its elements is read only for
   * the result at its place, and not after that result is written.
   */
  boolean mayOverwrite(Node input, Node result) {
    if (!isChain()) {
      return false;
    }
    boolean written = false;
    for (Node n : nodes) {
      for (Node a : n.args) {
        boolean through = isSeenThrough(a);
        if ((through ? a.args.get(0) : a).storage.isSameAs(input.storage)
            && (written || through || !a.shape.equals(shape()))) {
          return false;
        }
      }
      written |= n == result;
    }
    return true;
  }

  /** Whether a node is never computed, because its readers read its argument with other strides. */
  static boolean isSeenThrough(Node n) {
    return n.op instanceof Reading && !n.wanted && n.users.stream().allMatch(Node::isElementwise);
  }

  Kernel kernel(Kernels kernels, float[] arena) {
    if (!isChain()) {
      Node n = nodes.get(0);
      return n.op.kernel(
          kernels, operand(n, arena), n.args.stream().map(a -> operand(a, arena)).toList());
    }
    Pointwise chain = new Pointwise(kernels, shape().toArray());
    IdentityHashMap<Node, Integer> registers = new IdentityHashMap<>();
    for (Node n : nodes) {
      int[] x = new int[n.args.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = registers.computeIfAbsent(n.args.get(i), a -> input(chain, a, arena));
      }
      registers.put(n, ((Elementwise) n.op).emit(chain, x));
    }
    for (Node n : results()) {
      chain.output(registers.get(n), n.storage.span(arena));
    }
    return chain.kernel();
  }

  private int input(Pointwise chain, Node a, float[] arena) {
    if (!isSeenThrough(a)) {
      return chain.input(a.storage.span(arena), a.shape.broadcastStrides(shape()));
    }
    Reading reading = (Reading) a.op;
    Operand x = operand(a.args.get(0), arena);
    int[] own = reading.strides(x.shape());
    int[] strides = new int[shape().rank()];
    for (int i = 1; i <= own.length; i++) { // broadcast the reading to the shape of the chain
      strides[strides.length - i] = a.shape.dim(-i) == 1 ? 0 : own[own.length - i];
    }
    int skip = reading.offset(x.shape());
    return chain.input(x.span().part(skip, x.span().length() - skip), strides);
  }

  private static Operand operand(Node n, float[] arena) {
    return new Operand(n.shape, n.storage.span(arena));
  }

  @Override
  public String toString() {
    return String.join(" · ", nodes.stream().map(n -> n.op.label()).toList());
  }
}
