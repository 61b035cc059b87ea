package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A graph with inputs and the outputs that are expected.
 *
 * @param expected in the order of the graph's outputs
 */
record Case(String name, Graph graph, Map<String, Value> inputs, List<Value> expected) {
  /** The cases in folders {@code name/model.onnx}, {@code name/test_data_set_0/input_0.pb}, …. */
  static Map<String, SortedMap<String, byte[]>> byName(SortedMap<String, byte[]> files) {
    Map<String, SortedMap<String, byte[]>> cases = new TreeMap<>();
    files.forEach(
        (path, content) -> {
          int slash = path.indexOf('/');
          cases
              .computeIfAbsent(path.substring(0, slash), c -> new TreeMap<>())
              .put(path.substring(slash + 1), content);
        });
    return cases;
  }

  static Graph graph(String name, byte[] model) throws IOException {
    GraphReader reader =
        new GraphReader(name, new ExternalData(name, java.util.Optional.empty()), 0);
    return reader.read(reader.parsed(model));
  }

  static Case of(String name, SortedMap<String, byte[]> files) throws IOException {
    Graph graph = graph(name, files.get("model.onnx"));
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (int i = 0; i < graph.inputs().size(); i++) {
      inputs.put(
          graph.inputs().get(i).name(), tensor(files.get("test_data_set_0/input_" + i + ".pb")));
    }
    List<Value> expected = new ArrayList<>();
    for (int i = 0; i < graph.outputs().size(); i++) {
      expected.add(tensor(files.get("test_data_set_0/output_" + i + ".pb")));
    }
    return new Case(name, graph, inputs, expected);
  }

  static Value tensor(byte[] file) throws IOException {
    TensorReader reader =
        new TensorReader("case", new ExternalData("case", java.util.Optional.empty()), 0);
    return reader.read(TensorProto.parseFrom(file), "tensor");
  }

  /** The outputs, computed as they are traced. */
  List<Value> eager() {
    return run(v -> Var.leaf(v));
  }

  /** The outputs, computed by a plan, in which floats are inputs. */
  List<Value> planned() {
    List<Value> traced = run(v -> Cell.of("input", v).var());
    List<Value> symbolic = traced.stream().filter(v -> v.var().isSymbolic()).toList();
    if (symbolic.isEmpty()) {
      return traced;
    }
    Plan plan = Plan.of(symbolic.stream().map(Value::var).toArray(Var[]::new));
    plan.run();
    List<Value> results = new ArrayList<>();
    int i = 0;
    for (Value v : traced) {
      results.add(
          v.var().isSymbolic() ? new Value.Traced(v.element(), Var.constant(plan.value(i++))) : v);
    }
    return results;
  }

  private List<Value> run(java.util.function.Function<Tensor, Var> as) {
    Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, false);
    inputs.forEach(
        (n, v) ->
            trace.put(
                n,
                v instanceof Value.Traced t && v.shape().rank() > 0 // a single number is a setting
                    ? new Value.Traced(t.element(), as.apply(t.var().value()))
                    : v));
    trace.run(graph);
    return graph.outputs().stream().map(trace::get).toList();
  }

  private List<String> differentiable() {
    return inputs.entrySet().stream()
        .filter(e -> e.getValue() instanceof Value.Traced && e.getValue().shape().rank() > 0)
        .filter(e -> e.getValue().shape().size() > 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether floats go in and come out. */
  boolean isDifferentiable() {
    return !differentiable().isEmpty()
        && expected.get(0).element().isReal()
        && expected.get(0).shape().size() > 0;
  }

  /** How far the gradients of the first output are from finite differences. */
  double gradientError(Rng rng) {
    List<String> names = differentiable();
    GradCheck.Function f =
        x -> {
          Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, false);
          inputs.forEach(trace::put);
          for (int i = 0; i < names.size(); i++) {
            trace.put(names.get(i), new Value.Traced(Element.FLOAT, x.get(i)));
          }
          trace.run(graph);
          return trace.get(graph.outputs().get(0)).var();
        };
    Tensor[] x = names.stream().map(n -> inputs.get(n).var().value()).toArray(Tensor[]::new);
    return GradCheck.error(f, 1, rng, x);
  }

  /** What is wrong with these outputs, or nothing. */
  String difference(List<Value> found, double relative, double absolute) {
    for (int i = 0; i < expected.size(); i++) {
      Value e = expected.get(i);
      Value f = found.get(i);
      if (e.element() != f.element() || !e.shape().equals(f.shape())) {
        return "output %d: %s%s and not %s%s"
            .formatted(i, f.element(), f.shape(), e.element(), e.shape());
      }
      for (int j = 0; j < e.shape().size(); j++) {
        double a = number(e, j);
        double b = number(f, j);
        boolean same = a == b || (Double.isNaN(a) && Double.isNaN(b));
        if (!same && !(Math.abs(a - b) <= absolute + relative * Math.abs(a))) {
          return "output %d, element %d: %s and not %s".formatted(i, j, b, a);
        }
      }
    }
    return "";
  }

  private static double number(Value v, int i) {
    return v instanceof Numbers n ? n.get(i) : v.var().value().get(i);
  }
}
