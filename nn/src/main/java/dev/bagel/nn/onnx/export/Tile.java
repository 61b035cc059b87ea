package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Var;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A piece of a graph that is written as one: an operation, or several that ONNX has one operator
 * for.
 *
 * @param result what it computes
 * @param reads the variables that go in; what lies between them and the result is inside
 * @param writing writes the nodes
 */
record Tile(Var result, List<Var> reads, Writing writing) {
  /** Writes nodes, given the names of what is read, and returns the name of the result. */
  @FunctionalInterface
  interface Writing {
    String write(GraphDraft out, List<String> operands);
  }

  /**
   * Tiles that cover all that the output needs, oldest first. They are chosen from the output back,
   * each as large as can be, so that what is only needed inside of one is not written.
   *
   * @throws IllegalArgumentException naming all operations that have no rule
   */
  static List<Tile> cover(Trace trace) {
    Fusions fusions = new Fusions(trace);
    List<Tile> chosen = new ArrayList<>();
    Set<String> refused = new TreeSet<>();
    Set<Var> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.add(trace.output());
    for (int i = trace.history().size() - 1; i >= 0; i--) {
      Var y = trace.history().get(i);
      if (!needed.contains(y) || !y.isSymbolic() || y.op() == null) {
        continue; // nobody asks, or it is a constant, or an input
      }
      Optional<Tile> tile = fusions.endingAt(y).or(() -> single(y, trace, refused));
      tile.ifPresent(chosen::add);
      needed.addAll(tile.map(Tile::reads).orElse(y.args()));
    }
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException("no ONNX for " + String.join(", ", refused));
    }
    Collections.reverse(chosen);
    return chosen;
  }

  private static Optional<Tile> single(Var y, Trace trace, Set<String> refused) {
    Rule rule = Operators.rule(y.op());
    if (rule instanceof Rule.None none) {
      refused.add(trace.place(y) + " (" + none.because() + ")");
      return Optional.empty();
    }
    Rule.Writing writing = ((Rule.Nodes) rule).writing();
    return Optional.of(new Tile(y, y.args(), (out, x) -> writing.write(out, y, x)));
  }
}
