package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Var;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two traces of one function, for different numbers of inputs, side by side: what differs between
 * them is what depends on that number.
 */
final class Alignment {
  private final Trace a;
  private final int n;
  private final int m;
  private final IdentityHashMap<Var, Lengths> lengths = new IdentityHashMap<>();

  private Alignment(Trace a, int n, int m) {
    this.a = a;
    this.n = n;
    this.m = m;
  }

  /**
   * The lengths of every variable of {@code a}, run for n inputs, and of {@code b}, for m.
   *
   * @throws IllegalArgumentException if the graphs differ in more than lengths
   */
  static Map<Var, Lengths> of(Trace a, int n, Trace b, int m) {
    if (a.history().size() != b.history().size()) {
      throw new IllegalArgumentException(
          "%d operations for %d inputs and %d for %d: what is computed for an input must not depend"
                  .formatted(a.history().size(), n, b.history().size(), m)
              + " on how many there are");
    }
    Alignment pairs = new Alignment(a, n, m);
    for (int i = 0; i < a.inputs().size(); i++) { // one that nobody reads is not in the history
      pairs.pair(a.inputs().get(i).var(), b.inputs().get(i).var());
    }
    for (int i = 0; i < a.history().size(); i++) {
      pairs.add(a.history().get(i), b.history().get(i));
    }
    return pairs.lengths;
  }

  /** The lengths of a trace that is for a single number of inputs. */
  static Map<Var, Lengths> of(Trace fixed) {
    return of(fixed, 1, fixed, 2);
  }

  private void add(Var v, Var w) {
    pair(v, w);
    List<Var> args = v.args();
    for (int k = 0; k < args.size(); k++) { // constants are no part of the history
      pair(args.get(k), w.args().get(k));
    }
  }

  private void pair(Var v, Var w) {
    if (lengths.containsKey(v)) {
      return;
    }
    if (v.args().size() != w.args().size()) {
      throw new IllegalArgumentException(
          a.place(v) + ": another operation for " + m + " inputs than for " + n);
    }
    try {
      Lengths both = Lengths.of(v.shape(), n, w.shape(), m);
      lengths.put(v, both);
      lengths.put(w, both);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(a.place(v) + ": " + e.getMessage(), e);
    }
  }
}
