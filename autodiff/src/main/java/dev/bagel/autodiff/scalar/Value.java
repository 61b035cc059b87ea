package dev.bagel.autodiff.scalar;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reverse-mode differentiation of one number at a time: the whole idea on one page.
 *
 * <p>A value remembers the values that it was computed from and, for each, the slope ∂y/∂x at this
 * point. The chain rule then says: the gradient of x is the sum, over everything that was computed
 * from x, of that thing's gradient times the slope between. {@link #backward} visits the values
 * from the last computed to the first, so that a gradient is complete before it is passed on.
 *
 * <pre>{@code
 * Value x = new Value(2), y = x.mul(x).add(x.exp());
 * y.backward();
 * x.grad();   // 2·2 + e²
 * }</pre>
 */
public final class Value {
  /** An argument and the slope of the result in it. */
  private record Edge(Value x, double slope) {}

  private final double data;
  private final List<Edge> edges;
  private double grad;

  public Value(double data) {
    this(data, List.of());
  }

  private Value(double data, List<Edge> edges) {
    this.data = data;
    this.edges = edges;
  }

  public double data() {
    return data;
  }

  /** ∂(what backward was called on)/∂this. */
  public double grad() {
    return grad;
  }

  //                            y                           ∂y/∂a              ∂y/∂b
  public Value add(Value b) {
    return of(data + b.data, new Edge(this, 1), new Edge(b, 1));
  }

  public Value sub(Value b) {
    return of(data - b.data, new Edge(this, 1), new Edge(b, -1));
  }

  public Value mul(Value b) {
    return of(data * b.data, new Edge(this, b.data), new Edge(b, data));
  }

  public Value div(Value b) {
    return of(data / b.data, new Edge(this, 1 / b.data), new Edge(b, -data / (b.data * b.data)));
  }

  public Value max(Value b) {
    return of(
        Math.max(data, b.data),
        new Edge(this, data >= b.data ? 1 : 0),
        new Edge(b, data >= b.data ? 0 : 1));
  }

  public Value exp() {
    return of(Math.exp(data), new Edge(this, Math.exp(data)));
  }

  public Value log() {
    return of(Math.log(data), new Edge(this, 1 / data));
  }

  public Value tanh() {
    double t = Math.tanh(data);
    return of(t, new Edge(this, 1 - t * t));
  }

  public Value relu() {
    return of(Math.max(data, 0), new Edge(this, data > 0 ? 1 : 0));
  }

  private static Value of(double data, Edge... edges) {
    return new Value(data, List.of(edges));
  }

  /** Fills in the gradients of everything that this was computed from. */
  public void backward() {
    List<Value> order = new ArrayList<>();
    sort(this, order, new HashSet<>());
    order.forEach(v -> v.grad = 0);
    grad = 1;
    for (int i = order.size() - 1; i >= 0; i--) {
      Value y = order.get(i);
      for (Edge e : y.edges) {
        e.x.grad += y.grad * e.slope;
      }
    }
  }

  /** Appends {@code v} after everything that it was computed from. */
  private static void sort(Value v, List<Value> order, Set<Value> seen) {
    if (seen.add(v)) { // values are compared by identity
      v.edges.forEach(e -> sort(e.x, order, seen));
      order.add(v);
    }
  }
}
