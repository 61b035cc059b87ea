package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import java.util.Map;
import java.util.TreeMap;

/** Writes a model: the graph that it leaves behind when it is run, for any number of inputs. */
public final class OnnxWriter {
  /** What ONNX Runtime reads since 1.12 (2022). */
  private static final int OPSET = 17;

  private static final int IR_VERSION = 8;

  private OnnxWriter() {}

  /**
   * The content of a file: see {@link dev.bagel.nn.onnx.Onnx#write}.
   *
   * @throws IllegalArgumentException if the model cannot be written
   */
  public static byte[] bytes(ModelFile model) {
    return proto(model).toByteArray();
  }

  static ModelProto proto(ModelFile file) {
    ModelProto.Builder proto = file(graph(file.model()));
    Map<String, String> metadata = new TreeMap<>(file.metadata());
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
