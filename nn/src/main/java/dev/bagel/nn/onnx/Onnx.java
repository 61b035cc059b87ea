package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.onnx.export.OnnxWriter;
import dev.bagel.tensor.io.AtomicFile;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads ONNX files as models, and writes models as ONNX files.
 *
 * <pre>{@code
 * Model imported = Onnx.read(Path.of("resnet18.onnx"));
 * Tensor g = imported.gradients(x, labels);
 * Onnx.write(trained, Path.of("trained.onnx"));
 * }</pre>
 *
 * <p>A model that is read is like any other: it predicts, has gradients in its input and in its
 * weights, runs through plans, can be attacked and trained further. It takes any number of inputs,
 * also where the file was written for one. Its scores are the file's first output, [N, K]; a
 * softmax at the end is left out, since scores are what comes before it.
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
    return readFile(file, how).model();
  }

  /** The model in a file, with what the file says about it, such as the names of its classes. */
  public static ModelFile readFile(Path file, Reading how) throws IOException {
    String source = file.toString();
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a device has no end
      throw FormatException.of(source, "the path", "no regular file", "name a file");
    }
    long size = Files.size(file);
    HeapLimit.check(size, source);
    if (size > Integer.MAX_VALUE - 8) {
      throw FormatException.of(
          source, "the file", size + " bytes in one file", "keep its tensors beside it");
    }
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
    String name = String.valueOf(file.getFileName());
    return read(Files.readAllBytes(file), new ExternalData(source, folder), name, source, how);
  }

  /**
   * The model that these bytes are.
   *
   * @param source what messages call them
   */
  public static Model read(byte[] file, String source, Reading how) throws FormatException {
    return read(file, new ExternalData(source, Optional.empty()), source, source, how).model();
  }

  /** Writes a model without words: see {@link #write(ModelFile, Path)}. */
  public static void write(Model model, Path file) throws IOException {
    write(ModelFile.of(model), file);
  }

  /**
   * Writes a file, whole or not at all, that other programs read: opset 17, any number of inputs
   * {@code input} [N, …], scores {@code logits} [N, K]. Preprocessing is part of the graph; bounds
   * and words are metadata, which {@link #readFile} reads again. Equal models make equal files.
   *
   * @throws IllegalArgumentException if the model has operations that ONNX lacks, naming all of
   *     them, if what it computes for an input depends on how many there are, or if it is larger
   *     than the 2 GB of a protobuf message
   */
  public static void write(ModelFile model, Path file) throws IOException {
    AtomicFile.write(file, out -> out.write(OnnxWriter.bytes(model)));
  }

  /** The content of that file. */
  public static byte[] toBytes(ModelFile model) {
    return OnnxWriter.bytes(model);
  }

  private static ModelFile read(
      byte[] file, ExternalData external, String name, String source, Reading how)
      throws FormatException {
    GraphReader reader = new GraphReader(source, external, file.length);
    ModelProto proto = reader.parsed(file);
    Model model = read(reader.read(proto), name, source, how);
    return ModelFile.of(model, GraphReader.metadata(proto), source);
  }

  private static Model read(Graph whole, String name, String source, Reading how)
      throws FormatException {
    try {
      Graph graph = whole.needed(List.of(output(whole, how, source)));
      checkOperators(graph, source);
      graph = graph.folded();
      Params params = Weights.of(graph);
      Entry entry = Entry.of(graph, how, source);
      Graph rest = graph.without(params.all().keySet());
      Map<String, Value> sketched = Weights.sketched(params);
      check(rest, entry, sketched, source);
      Optional<BatchAxes> batch = Batching.of(rest, entry, sketched);
      return Model.of(new Imported(name, rest, entry, batch, params), params, entry.example());
    } catch (NodeException e) {
      throw FormatException.of(
              source, e.node(), e.reason(), "write the model again, or another version of it")
          .because(e);
    } catch (IllegalArgumentException | ArithmeticException e) { // shapes that nothing can have
      throw FormatException.of(source, "the graph", e.getMessage(), "write the model again")
          .because(e);
    }
  }

  /** The value that is the result; for probabilities that of which they are the softmax. */
  private static String output(Graph graph, Reading how, String source) throws FormatException {
    String name = how.output().orElse(graph.outputs().isEmpty() ? "" : graph.outputs().get(0));
    Node last =
        graph.nodes().stream()
            .filter(n -> !name.isEmpty() && n.outputs().contains(name))
            .findFirst()
            .orElseThrow(
                () ->
                    FormatException.of(
                        source, "output " + name, "no node computes it", "choose another output"));
    boolean probabilities = how.output().isEmpty() && last.operator().equals("Softmax");
    return probabilities && !last.inputs().isEmpty() ? last.inputs().get(0) : name;
  }

  /** Refuses what is not known, all of it at once. */
  private static void checkOperators(Graph graph, String source) throws FormatException {
    Map<String, List<Node>> unknown =
        graph.nodes().stream()
            .filter(n -> !Operators.knows(n))
            .collect(
                Collectors.groupingBy(Operators::described, TreeMap::new, Collectors.toList()));
    if (!unknown.isEmpty()) {
      throw FormatException.of(
          source,
          unknown.values().stream()
              .map(n -> n.get(0).label() + more(n.size() - 1))
              .collect(Collectors.joining(", ")),
          "operators that are not known here: " + String.join(", ", unknown.keySet()),
          "write the model with others");
    }
  }

  private static String more(int n) {
    return n == 0 ? "" : " and " + n + " more";
  }

  /** Traces the graph as it is written, for shapes only. */
  private static void check(Graph graph, Entry entry, Map<String, Value> params, String source)
      throws FormatException {
    Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, true);
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
