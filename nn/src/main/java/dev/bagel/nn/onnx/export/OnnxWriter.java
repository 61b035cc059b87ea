package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a model: the graph that it leaves behind when it is run, for any number of inputs. */
public final class OnnxWriter {
  /** What ONNX Runtime reads since 1.12 (2022). */
  private static final int OPSET = 17;

  private static final int IR_VERSION = 8;

  /** Where the metadata have the range of valid inputs, such as [0.0, 1.0]. */
  public static final String BOUNDS = "bagel.bounds";

  private OnnxWriter() {}

  /**
   * Writes a file, whole or not at all: the model's function from inputs {@code input} [N, …] to
   * scores {@code logits} [N, K], with its preprocessing in it, and its bounds and the words of the
   * model file as metadata. Equal models make equal files.
   *
   * @throws IllegalArgumentException if the model has operations that ONNX lacks, naming all of
   *     them, if what it computes for an input depends on how many there are, or if it is larger
   *     than the 2 GB of a protobuf message
   */
  public static void write(ModelFile model, Path file) throws IOException {
    AtomicFile.write(file, proto(model)::writeTo);
  }

  /** The content of that file. */
  public static byte[] toBytes(ModelFile model) {
    return proto(model).toByteArray();
  }

  private static ModelProto proto(ModelFile file) {
    ModelProto.Builder proto = file(graph(file.model()));
    Map<String, String> metadata = new TreeMap<>(file.info());
    Bounds bounds = file.model().bounds();
    metadata.put(BOUNDS, List.of(bounds.low(), bounds.high()).toString());
    metadata.forEach(
        (key, value) ->
            proto.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return proto.build();
  }

  private static GraphProto graph(Model model) {
    Trace two = Trace.of(model, "input", 2);
    Trace three = Trace.of(model, "input", 3);
    Map<Var, Lengths> lengths = Alignment.of(two, 2, three, 3);
    GraphDraft draft = GraphDraft.of(two, lengths);
    draft
        .difference(GraphDraft.of(three, lengths))
        .ifPresent(
            node -> {
              throw new IllegalArgumentException(
                  "what the model computes for an input depends on how many there are, first at "
                      + node);
            });
    return draft.proto("bagel", "logits");
  }

  /** A graph for one number of inputs. */
  static ModelProto proto(Trace fixed) {
    return file(GraphDraft.of(fixed, Alignment.of(fixed)).proto("bagel", "output")).build();
  }

  private static ModelProto.Builder file(GraphProto graph) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("Bagel")
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET));
  }
}
