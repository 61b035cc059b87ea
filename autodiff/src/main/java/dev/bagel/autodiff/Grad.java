package dev.bagel.autodiff;

import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reverse-mode differentiation: walks a graph backwards and leaves more graph.
 *
 * <p>Gradients are variables like any other, so they can be differentiated again. Only what lies on
 * a path from y to one of the x is visited.
 */
public final class Grad {
  private Grad() {}

  /**
   * How a gradient comes back through one operation. Most walks take {@link #EXACT}; another rule
   * is another backward pass over the same forward one, as in guided back-propagation or layer-wise
   * relevance.
   */
  @FunctionalInterface
  public interface Rule {
    /** What each operation says of itself. */
    Rule EXACT = (y, i, g) -> y.op().vjp(i, g, y.args(), y);

    /**
     * What reaches argument {@code i} of the operation that made {@code y}, from {@code g} that
     * arrives at {@code y}; null where nothing does.
     */
    Var vjp(Var y, int i, Var g);
  }

  /** ∂y/∂x for each x; {@code y} must be a scalar. An x that y does not depend on gets zeros. */
  public static List<Var> of(Var y, Var... xs) {
    if (y.size() != 1) {
      throw new ShapeException("gradient of %s: only a scalar has one; sum it first", y.shape());
    }
    return pullback(y, Var.constant(Tensor.full(y.shape(), 1)), xs);
  }

  /** x̄ = ȳᵀ ∂y/∂x for each x: the vector–Jacobian product with {@code ybar}, shaped like y. */
  public static List<Var> pullback(Var y, Var ybar, Var... xs) {
    return pullback(Rule.EXACT, y, ybar, xs);
  }

  /** The same walk with another rule: what comes back is then no gradient, but what it says. */
  public static List<Var> pullback(Rule rule, Var y, Var ybar, Var... xs) {
    if (!ybar.shape().equals(y.shape())) {
      throw new ShapeException("pullback of %s by %s: equal shapes", y.shape(), ybar.shape());
    }
    for (Var x : xs) {
      if (!x.isRecorded()) {
        throw new IllegalArgumentException(
            "gradient with respect to a " + x + ": make it a Var.leaf");
      }
    }
    List<Var> history = Var.history(List.of(y)); // oldest first: a topological order
    Set<Var> needed = needed(history, xs);
    IdentityHashMap<Var, Var> bar = new IdentityHashMap<>();
    bar.put(y, ybar);
    for (int i = history.size() - 1; i >= 0; i--) {
      Var v = history.get(i);
      Var g = bar.get(v);
      if (g == null || v.op() == null || !needed.contains(v)) {
        continue;
      }
      for (int j = 0; j < v.args().size(); j++) {
        Var arg = v.args().get(j);
        if (needed.contains(arg)) {
          Var gj = rule.vjp(v, j, g);
          if (gj != null) {
            bar.merge(arg, gj, Var::add);
          }
        }
      }
    }
    return Arrays.stream(xs)
        .map(x -> bar.getOrDefault(x, Var.constant(Tensor.zeros(x.shape()))))
        .toList();
  }

  /** The variables that depend on some x, the x among them. */
  private static Set<Var> needed(List<Var> history, Var[] xs) {
    Set<Var> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.addAll(Arrays.asList(xs));
    for (Var v : history) {
      if (v.args().stream().anyMatch(needed::contains)) {
        needed.add(v);
      }
    }
    return needed;
  }

  /** f(x) and ∇f(x). */
  public record ValueAndGrad(Tensor value, Tensor grad) {}

  /** A scalar function's value and gradient at a point. */
  public static ValueAndGrad at(UnaryOperator<Var> f, Tensor x) {
    Var leaf = Var.leaf(x);
    Var y = f.apply(leaf);
    return new ValueAndGrad(y.value(), of(y, leaf).get(0).value());
  }
}
