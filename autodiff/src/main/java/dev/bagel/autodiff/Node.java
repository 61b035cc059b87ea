package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One value of a plan's graph. Equal computations are one node; what only matters to gradients
 * (detaching) or to nobody (copying) is gone.
 */
final class Node {
  final Op op; // null for constants and cells
  final List<Node> args;
  final Shape shape;
  final Tensor constant;
  final Cell cell;

  /** Who reads this node; filled by the graph. */
  final List<Node> users = new ArrayList<>();

  /** Whether somebody outside the graph reads it when the plan has run. */
  boolean wanted;

  /** Where its elements are; nodes that are the same elements in other shapes share it. */
  Storage storage;

  /** The step that computes it. */
  Step step;

  private Node(Op op, List<Node> args, Shape shape, Tensor constant, Cell cell) {
    this.op = op;
    this.args = args;
    this.shape = shape;
    this.constant = constant;
    this.cell = cell;
    args.forEach(a -> a.users.add(this));
  }

  private boolean isRead() {
    return wanted || !users.isEmpty();
  }

  boolean isElementwise() {
    return op instanceof Elementwise;
  }

  boolean isReshape() {
    return op instanceof Linear.Reshape;
  }

  @Override
  public String toString() {
    return (op != null ? op.label() : cell != null ? cell.name() : "constant") + shape;
  }

  /** Makes nodes out of variables, each computation once. */
  static final class Graph {
    final List<Node> nodes = new ArrayList<>(); // in an order in which they can be computed
    private final IdentityHashMap<Var, Node> byVar = new IdentityHashMap<>();
    private final Map<Object, Node> byMeaning = new HashMap<>();

    /** An object as a key that is equal only to itself. */
    private record Same(Object it) {
      @Override
      public boolean equals(Object o) {
        return o instanceof Same s && s.it == it;
      }

      @Override
      public int hashCode() {
        return System.identityHashCode(it);
      }
    }

    /** The nodes of all variables that {@code roots} depend on. */
    Graph(List<Var> roots) {
      Var.history(roots).forEach(this::of);
    }

    Node of(Var v) {
      return byVar.computeIfAbsent(v, this::make);
    }

    private Node make(Var v) {
      if (v.op() == null || !v.isSymbolic()) { // what depends on no cell is a constant
        return v.cell() != null ? leaf(v.cell()) : leaf(v.value());
      }
      List<Node> args = v.args().stream().map(this::of).toList();
      if (v.op() instanceof Detach || v.op() == UnaryOp.COPY) {
        return args.get(0);
      }
      if (v.op() instanceof Linear.Reshape) {
        Node base = args.get(0).isReshape() ? args.get(0).args.get(0) : args.get(0);
        if (base.shape.equals(v.shape())) {
          return base;
        }
        args = List.of(base);
      }
      return intern(v.op(), args, v.shape());
    }

    private Node intern(Op op, List<Node> args, Shape shape) {
      return byMeaning.computeIfAbsent(
          List.of(op, args), key -> add(new Node(op, args, shape, null, null)));
    }

    private Node leaf(Cell cell) {
      return byMeaning.computeIfAbsent(
          cell, key -> add(new Node(null, List.of(), cell.shape(), null, cell)));
    }

    /**
     * Numbers are equal by value, larger constants if they are the same array in the same shape.
     */
    private Node leaf(Tensor t) {
      Object meaning = t.size() == 1 ? t : List.of(new Same(t.array()), t.shape());
      return byMeaning.computeIfAbsent(
          meaning, key -> add(new Node(null, List.of(), t.shape(), t, null)));
    }

    /** A node that holds a copy of another one. */
    Node copy(Node of) {
      return add(new Node(UnaryOp.COPY, List.of(of), of.shape, null, null));
    }

    /** Drops what nobody reads: reshapes of reshapes, arguments of constants. */
    void prune() {
      for (int i = nodes.size() - 1; i >= 0; i--) {
        Node n = nodes.get(i);
        if (!n.isRead()) {
          n.args.forEach(a -> a.users.remove(n));
        }
      }
      nodes.removeIf(n -> !n.isRead());
    }

    private Node add(Node node) {
      nodes.add(node);
      return node;
    }
  }
}
