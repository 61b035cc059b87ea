package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One run of a graph: node by node, each operator is written down in variables. In a plan this
 * happens once for a shape of the input.
 */
final class Trace {
  /** Larger constants have only a shape in a dry run, so that it computes next to nothing. */
  private static final int SMALL = 64;

  /** A node of a dry run that may make more numbers out of small constants does not see them. */
  private static final double PAIRINGS = SMALL * SMALL;

  /** How many whole numbers the arithmetic of a graph may make in all. */
  private static final int NUMBERS = 1 << 21;

  /** The most axes of a value. */
  static final int RANK = 32;

  private final Pass pass;
  private final BatchAxes batch;
  private final boolean dry;
  private final Map<String, Value> values = new HashMap<>();
  private final Set<String> parameters = new HashSet<>();
  private int numbersLeft = NUMBERS;
  private final IdentityHashMap<Var, Permuted> permuted = new IdentityHashMap<>();

  private record Permuted(Var from, int[] order) {}

  /**
   * @param pass where parameters come from
   * @param dry whether only the shapes are of interest
   */
  Trace(Pass pass, BatchAxes batch, boolean dry) {
    this.pass = pass;
    this.batch = batch;
    this.dry = dry;
  }

  Pass pass() {
    return pass;
  }

  BatchAxes batch() {
    return batch;
  }

  boolean isDry() {
    return dry;
  }

  void put(String name, Value v) {
    values.put(name, sketched(v));
  }

  /** A parameter of the layer, from the pass. */
  void putParameter(String name) {
    parameters.add(name);
    values.put(name, new Value.Traced(Element.FLOAT, pass.param(name)));
  }

  /** Whether this is a parameter of the layer, and not a value of the graph. */
  boolean isParameter(String name) {
    return parameters.contains(name);
  }

  /** The value of this name, or null. */
  Value get(String name) {
    return values.get(name);
  }

  void run(Graph graph) {
    put(graph.tensors());
    graph.nodes().forEach(this::step);
  }

  /** Tensors that a file holds. */
  void put(Map<String, Value> tensors) {
    tensors.forEach(this::put);
  }

  /**
   * Traces one node.
   *
   * @throws NodeException if its operator refuses its inputs
   */
  void step(Node node) {
    List<Value> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : values.get(name));
    }
    if (dry && pairings(inputs) > PAIRINGS) {
      inputs.replaceAll(v -> v instanceof Value.Traced t ? t.with(sketched(t.var())) : v);
    }
    try {
      List<Value> results = Operators.of(node).apply(new Call(node, inputs, this));
      for (int i = 0; i < node.outputs().size(); i++) {
        String name = node.outputs().get(i);
        if (!name.isEmpty()) {
          if (i >= results.size()) {
            throw new ShapeException("output %d, %s, is not supported", i, name);
          }
          values.put(name, checked(results.get(i)));
        }
      }
    } catch (RuntimeException e) { // a file may ask for anything; whatever it breaks, it is here
      throw new NodeException(node, e);
    }
  }

  /** How many numbers come of all inputs that are known, if each meets each of the others. */
  private static double pairings(List<Value> inputs) {
    double n = 1;
    for (Value v : inputs) {
      boolean known = v != null && !(v instanceof Value.Traced t && t.var().isSymbolic());
      n *= known ? Math.max(1, v.shape().size()) : 1;
    }
    return n;
  }

  private Value checked(Value v) {
    if (v.shape().rank() > RANK) {
      throw new ShapeException("%d axes; at most %d", v.shape().rank(), RANK);
    }
    numbersLeft -= v instanceof Numbers ? v.shape().size() : 0;
    if (numbersLeft < 0) {
      throw new ShapeException("more than %,d whole numbers are computed", NUMBERS);
    }
    return sketched(v);
  }

  private Value sketched(Value v) {
    boolean large = v instanceof Value.Traced && v.shape().size() > SMALL;
    return large ? ((Value.Traced) v).with(sketched(v.var())) : v;
  }

  /** x; in a dry run only its shape, so that nothing is computed from it. */
  Var sketched(Var x) {
    return dry && !x.isSymbolic() ? Var.unknown(x.shape()) : x;
  }

  /** Whole numbers as floats; in a dry run only the shape of many. */
  Var floats(Numbers n) {
    return dry && n.shape().size() > SMALL ? Var.unknown(n.shape()) : n.var();
  }

  /** x with its axes in another order; orders that cancel leave nothing to do. */
  Var permute(Var x, int... order) {
    if (order.length != x.shape().rank()) {
      throw new ShapeException("%s with %d axes in another order", x.shape(), order.length);
    }
    Permuted before = permuted.getOrDefault(x, new Permuted(x, identity(order.length)));
    int[] whole = new int[order.length];
    boolean same = true;
    for (int i = 0; i < order.length; i++) {
      whole[i] = before.order[x.shape().axis(order[i])];
      same &= whole[i] == i;
    }
    Var y = same ? before.from : before.from.permute(whole);
    if (!same) {
      permuted.put(y, new Permuted(before.from, whole));
    }
    return y;
  }

  private static int[] identity(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    return order;
  }

  /** A table of constants, which a dry run does not fill. */
  Var table(Shape s, Table fill) {
    if (dry && s.size() > SMALL) {
      return Var.unknown(s);
    }
    float[] y = new float[s.size()];
    fill.into(y);
    return Var.constant(Tensor.wrap(s, y));
  }

  /** Writes the elements of a table, which begins with zeros. */
  @FunctionalInterface
  interface Table {
    void into(float[] y);
  }
}
