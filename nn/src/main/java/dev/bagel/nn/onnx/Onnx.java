package dev.bagel.nn.onnx;

import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX files as models.
 *
 * <pre>{@code
 * Model imported = Onnx.read(Path.of("resnet18.onnx"));
 * Tensor g = imported.gradients(x, labels);
 * }</pre>
 *
 * <p>The model is like any other: it predicts, has gradients in its input and in its weights, runs
 * through plans, can be attacked and trained further. It takes any number of inputs, also where the
 * file was written for one. Its scores are the file's first output, [N, K]; a softmax at the end is
 * left out, since scores are what comes before it.
 */
public final class Onnx {
  private Onnx() {}

  /**
   * The model in a file.
   *
   * @throws FormatException if it cannot be read: what is wrong and where
   */
  public static Model read(Path file) throws IOException {
    return read(file, Reading.PLAIN);
  }

  /** The model in a file, read as {@code how} says. */
  public static Model read(Path file, Reading how) throws IOException {
    String source = file.toString();
    HeapLimit.check(Files.size(file), source);
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
    return read(Files.readAllBytes(file), source, how, new ExternalData(source, folder));
  }

  /**
   * The model that these bytes are.
   *
   * @param source what messages call them
   */
  public static Model read(byte[] file, String source, Reading how) throws FormatException {
    return read(file, source, how, new ExternalData(source, Optional.empty()));
  }

  private static Model read(byte[] file, String source, Reading how, ExternalData external)
      throws FormatException {
    Graph whole = new GraphReader(source, external).read(file);
    try {
      Graph graph = whole.needed(List.of(output(whole, how, source)));
      checkOperators(graph, source);
      graph = graph.folded();
      Params params = Weights.of(graph);
      Entry entry = Entry.of(graph, how, source);
      Graph rest = graph.without(params.all().keySet());
      Map<String, Value> sketched = Weights.sketched(params);
      check(rest, entry, sketched, source);
      Optional<Batch> batch = Batching.of(rest, entry, sketched);
      String name = source.substring(source.lastIndexOf('/') + 1);
      return Model.of(new Imported(name, rest, entry, batch, params), params, entry.example());
    } catch (NodeException e) {
      throw FormatException.of(
              source, e.node(), e.reason(), "write the model again, or another version of it")
          .because(e);
    }
  }

  /** The value that is the result; for probabilities that of which they are the softmax. */
  private static String output(Graph graph, Reading how, String source) throws FormatException {
    if (how.output().isPresent()) {
      return how.output().get();
    }
    if (graph.outputs().isEmpty()) {
      throw FormatException.of(source, "the outputs", "there are none", "name a value to put out");
    }
    String name = graph.outputs().get(0);
    return graph.nodes().stream()
        .filter(n -> n.operator().equals("Softmax") && n.outputs().contains(name))
        .map(n -> n.inputs().get(0))
        .findFirst()
        .orElse(name);
  }

  private static void checkOperators(Graph graph, String source) throws FormatException {
    List<String> unknown =
        graph.nodes().stream().filter(n -> !Operators.knows(n)).map(Node::label).toList();
    if (!unknown.isEmpty()) {
      throw FormatException.of(
          source,
          String.join(", ", unknown),
          "operators that are not known here",
          "write the model with others");
    }
  }

  /** Traces the graph as it is written, for shapes only. */
  private static void check(Graph graph, Entry entry, Map<String, Value> params, String source)
      throws FormatException {
    Trace trace = new Trace(Pass.evaluate(Map.of()), Batch.NONE, true);
    trace.put(graph.tensors());
    trace.put(params);
    trace.put(entry.input().name(), entry.unknown(entry.written()));
    for (Node n : graph.nodes()) {
      trace.step(n);
      for (String out : n.outputs()) {
        if (!out.isEmpty()) {
          HeapLimit.check(4L * trace.get(out).shape().size(), source + ", " + n.label());
        }
      }
    }
    String out = graph.outputs().get(0);
    if (trace.get(out).shape().size() % entry.written() != 0) {
      throw FormatException.of(
          source,
          "output " + out,
          trace.get(out).shape() + " has no scores for each of " + entry.written() + " inputs",
          "choose another output");
    }
  }
}
