package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Init;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A file's graph as a layer: [N, …] → [N, K]. Its parameters have the names that the file gives to
 * its tensors, and what its operators put out the names that the file gives to that.
 */
final class Imported implements Layer.Custom {
  private final String name;
  private final Graph graph;
  private final Entry entry;
  private final Optional<BatchAxes> batch;
  private final List<Parameter> parameters;

  /**
   * @param batch how any number of examples is computed at once, if that is known
   */
  Imported(String name, Graph graph, Entry entry, Optional<BatchAxes> batch, Params params) {
    this.name = name;
    this.graph = graph;
    this.entry = entry;
    this.batch = batch;
    List<Parameter> all = new ArrayList<>();
    params.weights().forEach((n, t) -> all.add(Parameter.weight(n, t.shape(), init(t.shape()))));
    params.buffers().forEach((n, t) -> all.add(Parameter.buffer(n, t.shape(), Init.constant(0))));
    this.parameters = List.copyOf(all);
  }

  /** What a file trains is seldom drawn anew; it does not say how. */
  private static Init init(Shape s) {
    return s.rank() < 2 ? Init.constant(0) : Init.he(Math.max(1, s.size() / Math.max(1, s.dim(0))));
  }

  /** Whether any number of inputs goes through the graph together, and not one after the other. */
  boolean computesManyAtOnce() {
    return batch.isPresent();
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Var apply(Pass pass, Var x) {
    int n = x.shape().dim(0);
    if (batch.isPresent()) {
      return run(pass, x, batch.get().of(n));
    }
    int each = entry.isBatched() ? entry.written() : 1;
    if (n % each != 0) {
      throw new ShapeException(
          "%s computes %d inputs at once, and there are %d: give a multiple", name, each, n);
    }
    if (n == each) {
      return run(pass, x, BatchAxes.NONE);
    }
    Var[] results = new Var[n / each];
    for (int i = 0; i < results.length; i++) {
      results[i] = run(pass, x.slice(0, i * each, (i + 1) * each), BatchAxes.NONE);
    }
    return Var.concat(0, results);
  }

  private Var run(Pass pass, Var x, BatchAxes batch) {
    Trace trace = new Trace(pass, batch, false);
    parameters.forEach(p -> trace.putParameter(p.name()));
    trace.put(entry.input().name(), entry.enter(trace, x));
    trace.run(graph);
    for (Node n : graph.nodes()) {
      for (String name : n.outputs()) {
        if (trace.get(name) instanceof Value.Traced t) {
          pass.saw(name, t.var());
        }
      }
    }
    return scores(trace, x.shape().dim(0), batch);
  }

  /** The output with the examples along the first axis and everything else along the second. */
  private Var scores(Trace trace, int n, BatchAxes batch) {
    Var y = trace.get(graph.outputs().get(0)).var();
    int axis = Math.max(0, batch.axis(graph.outputs().get(0)));
    int rank = y.shape().rank();
    if (axis > 0) {
      IntStream rest = IntStream.range(0, rank).filter(i -> i != axis);
      y = y.permute(IntStream.concat(IntStream.of(axis), rest).toArray());
    }
    return y.reshape(n, y.size() / n);
  }

  @Override
  public String toString() {
    return "onnx[" + name + ", " + graph.nodes().size() + " operators]";
  }
}
