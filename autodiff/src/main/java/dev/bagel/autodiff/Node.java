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

    private record Key(Object what, List<Integer> args) {}

    /** The nodes of all variables that {@code roots} depend on. */
    Graph(List<Var> roots) {
      Var.history(roots).forEach(this::of);
    }

    Node of(Var v) {
      return byVar.computeIfAbsent(v, this::make);
    }

    private Node make(Var v) {
      if (v.op() == null || !v.isSymbolic()) { // what depends on no cell is a constant
        return v.cell() != null ? leaf(v.cell(), v) : leaf(v.value(), v);
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
      Key key = new Key(op, args.stream().map(System::identityHashCode).toList());
      Node known = byMeaning.get(key);
      if (known != null && known.args.equals(args)) { // identity of arguments, not only their hash
        return known;
      }
      Node node = add(new Node(op, args, shape, null, null));
      byMeaning.put(key, node);
      return node;
    }

    private Node leaf(Object what, Var v) {
      Object key =
          what instanceof Tensor t && t.size() == 1
              ? t
              : new Key(what.getClass(), List.of(System.identityHashCode(what)));
      Node known = byMeaning.get(key);
      if (known != null
          && (known.cell == what || known.constant == what || what.equals(known.constant))) {
        return known;
      }
      Node node =
          add(new Node(null, List.of(), v.shape(), what instanceof Tensor t ? t : null, v.cell()));
      byMeaning.put(key, node);
      return node;
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
