package dev.bagel.nn;

import dev.bagel.autodiff.Convolution;
import dev.bagel.autodiff.Detach;
import dev.bagel.autodiff.MatMul;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Conv;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The graph of a model in evaluation, for one example, to be looked at: what is computed from what,
 * in which shape, and what it costs.
 *
 * <pre>{@code
 * ModelGraph graph = ModelGraph.of(model);
 * long cost = graph.multiplyAdds();
 * Files.writeString(Path.of("net.dot"), graph.dot());   // for Graphviz
 * }</pre>
 *
 * <p>It is what the model leaves behind when it runs on an input of which only the shape is known.
 * So it is there for every model, one that was read from a file too, and no score is computed.
 *
 * @param rows in the order of the run; the first is the input, every other one a part of the model
 */
public record ModelGraph(List<Row> rows) {
  public ModelGraph {
    rows = List.copyOf(rows);
  }

  /**
   * What one part of the model computes: all operations up to the next output that has a name.
   *
   * @param name of the part in the trip through the network, see {@link Pass#activations}
   * @param operators what is computed, by {@link dev.bagel.autodiff.Op#label}, in order
   * @param shape of the result, for one example: [1, …]
   * @param inputs the rows that this one reads, ascending
   * @param reads the names of the weights and buffers that it reads
   * @param parameters how many numbers its weights have that no row before it has read
   * @param multiplyAdds multiplications, each with an addition, in its convolutions and products of
   *     matrices: for filters [O, C/G, KH, KW] and results [1, O, OH, OW] it is O·OH·OW·C/G·KH·KW,
   *     taps on the padding among them; nothing else is counted
   */
  public record Row(
      String name,
      List<String> operators,
      Shape shape,
      List<Integer> inputs,
      List<String> reads,
      long parameters,
      long multiplyAdds) {
    public Row {
      operators = List.copyOf(operators);
      inputs = List.copyOf(inputs);
      reads = List.copyOf(reads);
    }
  }

  /** The graph of a model. */
  public static ModelGraph of(Model model) {
    Map<String, Var> leaves = Pass.vars(model.params(), Var::leaf);
    Pass pass = Pass.evaluate(leaves);
    Var x = Var.unknown(Shape.of(1).concat(model.example()));
    Var y = model.logits(pass, x);
    IdentityHashMap<Var, String> outputs =
        new IdentityHashMap<>(); // the first name is the innermost part's
    pass.activations().forEach((name, v) -> outputs.putIfAbsent(v, name));
    Draft draft = new Draft(leaves, model.params().weights().keySet(), x);
    List<Var> part = new ArrayList<>();
    for (Var v : Var.history(List.of(y))) {
      if (v.op() != null && v.isSymbolic()) { // all else depends on parameters alone
        part.add(v);
        if (outputs.containsKey(v)) {
          draft.add(outputs.get(v), part);
          part.clear();
        }
      }
    }
    if (!part.isEmpty()) {
      draft.add("output", part);
    }
    return new ModelGraph(draft.rows);
  }

  /** How many numbers the weights have that are read; each is counted once. */
  public long parameters() {
    return rows.stream().mapToLong(Row::parameters).sum();
  }

  /** What one example costs: see {@link Row#multiplyAdds}. */
  public long multiplyAdds() {
    return rows.stream().mapToLong(Row::multiplyAdds).sum();
  }

  /** The graph in the language of Graphviz. */
  public String dot() {
    StringBuilder text = new StringBuilder("digraph model {\n  node [shape=box];\n");
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      String operators = String.join(", ", row.operators());
      String label =
          row.name() + (operators.isEmpty() ? "" : "\n" + operators) + "\n" + row.shape();
      text.append("  n%d [label=\"%s\"];\n".formatted(i, escaped(label)));
      for (int from : row.inputs()) {
        text.append("  n%d -> n%d;\n".formatted(from, i));
      }
    }
    return text.append("}\n").toString();
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\R", "\\\\n");
  }

  /** Multiplications of one operation, each of which is followed by an addition. */
  private static long multiplyAdds(Var y) {
    if (y.op() instanceof MatMul product) {
      Shape a = y.args().get(0).shape();
      return (long) y.size() * a.dim(product.transA() ? -2 : -1);
    }
    if (y.op() instanceof Convolution convolution) { // its adjoints have the same terms
      Conv g = convolution.g();
      return (long) g.n() * g.o() * g.oh() * g.ow() * g.groupC() * g.kh() * g.kw();
    }
    return 0;
  }

  /** Rows in the making. */
  private static final class Draft {
    final List<Row> rows = new ArrayList<>();
    private final IdentityHashMap<Var, String> names = new IdentityHashMap<>(); // of parameters
    private final Set<String> weights;
    private final IdentityHashMap<Var, Integer> rowOf = new IdentityHashMap<>();
    private final Set<String> counted = new HashSet<>();

    Draft(Map<String, Var> leaves, Set<String> weights, Var x) {
      leaves.forEach((name, leaf) -> names.put(leaf, name));
      this.weights = weights;
      rowOf.put(x, 0);
      rows.add(new Row("input", List.of(), x.shape(), List.of(), List.of(), 0, 0));
    }

    /** Adds what is computed by these operations, the last of which gives the result. */
    void add(String name, List<Var> part) {
      Set<Integer> inputs = new TreeSet<>();
      Set<String> reads = new LinkedHashSet<>();
      long parameters = 0;
      long multiplyAdds = 0;
      for (Var v : part) {
        rowOf.put(v, rows.size());
        multiplyAdds += multiplyAdds(v);
        for (Var arg : v.args()) {
          if (arg.isSymbolic()) {
            inputs.add(rowOf.get(arg));
          } else {
            parameters += read(arg, reads);
          }
        }
      }
      inputs.remove(rows.size());
      Shape shape = part.get(part.size() - 1).shape();
      List<String> operators =
          part.stream()
              .filter(v -> !(v.op() instanceof Detach)) // nothing is computed
              .map(v -> v.op().label())
              .toList();
      List<Integer> from = List.copyOf(inputs);
      rows.add(new Row(name, operators, shape, from, List.copyOf(reads), parameters, multiplyAdds));
    }

    /** Notes what a constant was computed from; how many weights that have not been counted. */
    private long read(Var constant, Set<String> reads) {
      long fresh = 0;
      for (Var v : Var.history(List.of(constant))) {
        String name = names.get(v);
        if (name != null) {
          reads.add(name);
          fresh += weights.contains(name) && counted.add(name) ? v.size() : 0;
        }
      }
      return fresh;
    }
  }
}
