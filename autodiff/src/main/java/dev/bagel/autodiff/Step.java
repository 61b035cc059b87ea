package dev.bagel.autodiff;

import dev.bagel.autodiff.Linear.Reading;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Pointwise;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a plan runs as one kernel: one operation; or a chain of elementwise ones that share a shape;
 * or a heavy operation and the chain that follows it, piece by piece.
 */
final class Step {
  final List<Node> nodes = new ArrayList<>(); // in the order of computation
  private Set<Node> inputs;

  /** How many steps come before this one. */
  int place;

  /** The operation that is not elementwise, or null. */
  Node head() {
    return nodes.get(0).isElementwise() ? null : nodes.get(0);
  }

  /** The elementwise operations; empty, or of one shape. */
  List<Node> chain() {
    return nodes.subList(head() == null ? 0 : 1, nodes.size());
  }

  Shape shape() {
    return nodes.get(nodes.size() - 1).shape;
  }

  /**
   * Whether {@code chain} can follow the operation of this step piece by piece: it reads the result
   * element by element, in the order in which it lies in memory.
   */
  boolean canBeFollowedBy(Step chain) {
    if (nodes.size() > 1 || !(nodes.get(0).op instanceof Heavy) || chain.head() != null) {
      return false;
    }
    Node result = nodes.get(0);
    return chain.nodes.stream()
        .flatMap(n -> n.args.stream())
        .filter(a -> origin(a) == result)
        .allMatch(a -> !isSeenThrough(a) && a.shape.size() == chain.shape().size());
  }

  /** Adds the chain that follows. */
  void append(Step chain) {
    for (Node n : chain.nodes) {
      n.step = this;
      nodes.add(n);
    }
    inputs = null;
  }

  /** The node whose elements an argument reads. */
  static Node origin(Node argument) {
    Node a = isSeenThrough(argument) ? argument.args.get(0) : argument;
    return a.isReshape() ? a.args.get(0) : a;
  }

  /** The nodes whose values somebody else needs. */
  List<Node> results() {
    return nodes.stream().filter(n -> n.wanted || isReadOutside(n)).toList();
  }

  private boolean isReadOutside(Node n) {
    return n.users.stream()
        .anyMatch(u -> (u.isReshape() || isSeenThrough(u)) ? isReadOutside(u) : u.step != this);
  }

  /** The result of the head if only the chain reads it: it needs a place, but not for long. */
  Optional<Node> interim() {
    Node head = head();
    boolean passes = head != null && nodes.size() > 1 && !head.wanted && !isReadOutside(head);
    return passes ? Optional.of(head) : Optional.empty();
  }

  /** What has to be in memory when this runs: arguments from outside, readings seen through. */
  Set<Node> inputs() {
    if (inputs == null) {
      inputs = new LinkedHashSet<>();
      for (Node n : nodes) {
        for (Node a : n.args) {
          if (a.step != this && origin(a).step != this) {
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
    Node head = head();
    if (result == head || (head != null && reads(head, input))) {
      return false;
    }
    boolean written = false;
    for (Node n : chain()) {
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

  private static boolean reads(Node n, Node input) {
    return n.args.stream().anyMatch(a -> a.storage.isSameAs(input.storage));
  }

  /** Whether a node is never computed, because its readers read its argument with other strides. */
  static boolean isSeenThrough(Node n) {
    return n.op instanceof Reading && !n.wanted && n.users.stream().allMatch(Node::isElementwise);
  }

  /** This step, where its values lie in an arena. */
  Stage in(float[] arena) {
    Node head = head();
    Operand y = head == null ? null : operand(head, arena);
    List<Operand> x =
        head == null ? List.of() : head.args.stream().map(a -> operand(a, arena)).toList();
    Pointwise chain = chain().isEmpty() ? null : pointwise(arena);
    return new Stage(head == null ? null : head.op, y, x, chain);
  }

  private Pointwise pointwise(float[] arena) {
    Pointwise chain = new Pointwise(shape().toArray());
    IdentityHashMap<Node, Integer> registers = new IdentityHashMap<>();
    for (Node n : chain()) {
      int[] x = new int[n.args.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = registers.computeIfAbsent(n.args.get(i), a -> input(chain, a, arena));
      }
      registers.put(n, ((Elementwise) n.op).emit(chain, x));
    }
    for (Node n : results()) {
      if (n != head()) {
        chain.output(registers.get(n), n.storage.span(arena));
      }
    }
    return chain;
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
