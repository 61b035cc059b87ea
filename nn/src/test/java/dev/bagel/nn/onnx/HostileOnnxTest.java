package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.export.Nets;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Files of an enemy. */
@Tag("hostile")
class HostileOnnxTest {
  private static final long HUGE = 1L << 40;

  private static Model read(byte[] file) throws FormatException {
    return Onnx.read(file, "x.onnx", Reading.PLAIN);
  }

  // ---- damaged
  // ------------------------------------------------------------------------------------

  private static byte[][] valid() {
    return Nets.small().stream()
        .filter(net -> net.model().example().size() < 1000)
        .map(net -> Onnx.toBytes(ModelFile.of(net.model())))
        .toArray(byte[][]::new);
  }

  @Test
  void damagedBytesAreReadOrRefused() {
    byte[][] valid = valid();
    String[] tokens = {"\1", "\10\1", "Conv", "Reshape", "input", "\42\4", "\u00ff\u00ff\u00ff\17"};
    Mutations.of("onnx bytes", HostileOnnxTest::read)
        .everyPrefixThatMayBeWhole(valid[0])
        .everyBitFlip(valid[0])
        .random(valid, tokens)
        .report();
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    Mutations.of("onnx", HostileOnnxTest::read).random(valid(), Damage::to).report();
  }

  /** The test cases of the format's authors: all operators with all their settings. */
  @Test
  void damagedCasesOfOthersAreReadOrRefused() throws IOException {
    List<byte[]> valid = new ArrayList<>();
    Archive.files("node")
        .forEach(
            (name, file) -> {
              if (name.endsWith("model.onnx") && isRead(file)) {
                valid.add(file);
              }
            });
    assertTrue(valid.size() > 150, "only " + valid.size());
    Mutations.of("onnx cases", HostileOnnxTest::read)
        .random(valid.toArray(byte[][]::new), Damage::to)
        .report();
  }

  private static boolean isRead(byte[] file) {
    try {
      read(file);
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  // ---- made by hand
  // -------------------------------------------------------------------------------

  /** What a refusal names, by file. */
  private record Made(byte[] file, String where) {}

  private static Written net() {
    return Written.file(17).input("x", 1, 4).output("y");
  }

  private static Written relu() {
    return net().node("Relu", "x -> y");
  }

  private static byte[] model(Consumer<ModelProto.Builder> change) {
    ModelProto.Builder m = relu().proto().toBuilder();
    change.accept(m);
    return m.build().toByteArray();
  }

  static byte[] graph(Consumer<GraphProto.Builder> change) {
    return model(m -> change.accept(m.getGraphBuilder()));
  }

  private static TensorProto.Builder tensor(long... dims) {
    TensorProto.Builder t = TensorProto.newBuilder().setName("w").setDataType(1);
    for (long d : dims) {
      t.addDims(d);
    }
    return t;
  }

  private static byte[] holding(TensorProto.Builder t) {
    return graph(g -> g.addInitializer(t));
  }

  /** A file in which a node computes something of numbers that it holds, and of x. */
  private static byte[] computing(String operator, String says, long[] numbers, Object... with) {
    return net().numbers("n", numbers).node(operator, says, with).bytes();
  }

  private static Map<String, Made> structures() {
    Map<String, Made> files = new LinkedHashMap<>();
    files.put("empty", new Made(new byte[0], "no graph"));
    files.put("text", new Made("hello".getBytes(), "the file"));
    files.put("no graph", new Made(model(ModelProto.Builder::clearGraph), "no graph"));
    files.put("no outputs", new Made(graph(GraphProto.Builder::clearOutput), "output"));
    files.put("no inputs", new Made(graph(GraphProto.Builder::clearInput), "node Relu_0"));
    files.put("no nodes", new Made(graph(GraphProto.Builder::clearNode), "output y"));
    files.put(
        "two inputs", new Made(net().input("z", 1, 4).node("Add", "x, z -> y").bytes(), "inputs"));
    files.put("an input twice", new Made(relu().input("x", 1, 4).bytes(), "input x"));
    files.put(
        "a cycle",
        new Made(
            net().node("Add", "x, b -> a").node("Relu", "a -> b").node("Relu", "b -> y").bytes(),
            "node Add_0"));
    files.put(
        "a node that reads itself", new Made(net().node("Add", "x, y -> y").bytes(), "node Add_0"));
    files.put(
        "a missing input", new Made(net().node("Add", "x, nobody -> y").bytes(), "input nobody"));
    files.put(
        "a value computed twice",
        new Made(net().node("Relu", "x -> y").node("Neg", "x -> y").bytes(), "node Neg_1"));
    files.put(
        "a node that computes the input",
        new Made(net().node("Relu", "x -> x").node("Relu", "x -> y").bytes(), "node Relu_0"));
    files.put(
        "a tensor twice",
        new Made(relu().numbers("n", 1).numbers("n", 2).bytes(), "initializer n"));
    files.put(
        "an attribute twice",
        new Made(
            net().node("LeakyRelu", "x -> y", "alpha", 1f, "alpha", 2f).bytes(),
            "node LeakyRelu_0"));
    files.put(
        "an unknown operator",
        new Made(net().node("Runtime.exec", "x -> y").bytes(), "Runtime.exec"));
    files.put(
        "an operator of another domain",
        new Made(graph(g -> g.getNodeBuilder(0).setDomain("com.evil")), "com.evil.Relu"));
    files.put(
        "a name that is several lines",
        new Made(
            graph(g -> g.getNodeBuilder(0).setName("a\nb\u001b[2J").setOpType("No")), "\\u{a}b"));
    files.put(
        "operators of version 9999",
        new Made(model(m -> m.getOpsetImportBuilder(0).setVersion(9999)), "opset_import"));
    files.put(
        "operators of version -1",
        new Made(model(m -> m.getOpsetImportBuilder(0).setVersion(-1)), "opset_import"));
    files.put(
        "operators of version 2^32 + 17",
        new Made(
            model(
                m -> m.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion((1L << 32) + 17))),
            "opset_import"));
    files.put("a loop", new Made(net().node("Loop", "x -> y").bytes(), "Loop"));
    files.put("graphs in graphs", new Made(nested(60), "If"));
    files.put("graphs in graphs, ten thousand deep", new Made(deep(9_999), "the file"));
    files.put(
        "a sparse tensor",
        new Made(graph(g -> g.addSparseInitializer(SparseTensorProto.newBuilder())), "sparse"));
    files.put(
        "bounds that are none",
        new Made(
            model(
                m ->
                    m.addMetadataProps(
                        StringStringEntryProto.newBuilder()
                            .setKey("bagel.bounds")
                            .setValue("[1, 0"))),
            "bagel.bounds"));
    return files;
  }

  private static Map<String, Made> tensors() {
    Map<String, Made> files = new LinkedHashMap<>();
    String w = "initializer w";
    files.put("a length below zero", new Made(holding(tensor(-1)), w));
    files.put("a length of 2^63", new Made(holding(tensor(Long.MAX_VALUE)), w));
    files.put(
        "lengths whose product wraps to 4",
        new Made(
            holding(
                tensor(4194305, 4194305, 211106198978564L)
                    .setRawData(ByteString.copyFrom(new byte[16]))),
            w));
    files.put("lengths whose product wraps to 0", new Made(holding(tensor(1L << 32, 1L << 32)), w));
    files.put("eight gigabytes of nothing", new Made(holding(tensor(2_000_000_000)), w));
    files.put("a thousand axes", new Made(holding(tensor(new long[1000])), w));
    files.put(
        "a byte too few",
        new Made(holding(tensor(2).setRawData(ByteString.copyFrom(new byte[7]))), w));
    files.put(
        "a byte too many",
        new Made(holding(tensor(2).setRawData(ByteString.copyFrom(new byte[9]))), w));
    files.put("a number too few", new Made(holding(tensor(2).addFloatData(1)), w));
    files.put("numbers in the wrong list", new Made(holding(tensor(1).addInt64Data(1)), w));
    files.put(
        "text", new Made(holding(tensor(1).setDataType(8).addStringData(ByteString.EMPTY)), w));
    files.put("complex numbers", new Made(holding(tensor(1).setDataType(14)), w));
    files.put("no type", new Made(holding(tensor(1).setDataType(0)), w));
    files.put("a type of the future", new Made(holding(tensor(1).setDataType(1 << 30)), w));
    files.put(
        "data beside a file that is not there", new Made(holding(external("w.bin", "0", "4")), w));
    return files;
  }

  private static TensorProto.Builder external(String location, String offset, String length) {
    TensorProto.Builder t = tensor(1).setDataLocation(TensorProto.DataLocation.EXTERNAL);
    String[] entries = {"location", location, "offset", offset, "length", length};
    for (int i = 0; i < entries.length; i += 2) {
      t.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    return t;
  }

  private static Map<String, Made> inputs() {
    Map<String, Made> files = new LinkedHashMap<>();
    long[][] shapes = {{1, 1L << 33}, {1, 1 << 16, 1 << 16}, {1L << 62, 2}, {}};
    for (long[] dims : shapes) {
      byte[] file = Written.file(17).input("x", dims).output("y").node("Relu", "x -> y").bytes();
      files.put(
          "an input of " + List.of(dims.length, dims.length == 0 ? 0 : dims[dims.length - 1]),
          new Made(file, "x"));
    }
    files.put(
        "an input of text",
        new Made(graph(g -> g.setInput(0, Written.info("x", 8, 1, 4))), "input x"));
    files.put(
        "an input without a type",
        new Made(graph(g -> g.getInputBuilder(0).clearType()), "input x"));
    files.put(
        "an input with a length below zero",
        new Made(
            graph(
                g ->
                    g.getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .getShapeBuilder()
                        .getDimBuilder(1)
                        .setDimValue(-4)),
            "input x"));
    return files;
  }

  private static Map<String, Made> operators() {
    Map<String, Made> files = new LinkedHashMap<>();
    files.put(
        "a terabyte of zeros",
        new Made(computing("ConstantOfShape", "n -> c", new long[] {1 << 20, 1 << 20}), "c"));
    files.put(
        "an array of 2^40",
        new Made(
            net()
                .numbers("n", HUGE)
                .node("ConstantOfShape", "n -> c")
                .node("Add", "x, c -> y")
                .bytes(),
            "ConstantOfShape_0"));
    files.put(
        "a terabyte of copies",
        new Made(computing("Expand", "x, n -> y", new long[] {1 << 20, 1 << 18, 4}), "Expand_0"));
    files.put(
        "a length of -7", new Made(computing("Expand", "x, n -> y", new long[] {-7}), "Expand_0"));
    files.put(
        "a million tiles",
        new Made(computing("Tile", "x, n -> y", new long[] {1 << 30, 1 << 20}), "Tile_0"));
    files.put(
        "two lengths left open",
        new Made(computing("Reshape", "x, n -> y", new long[] {-1, -1}), "Reshape_0"));
    files.put(
        "a shape of -5", new Made(computing("Reshape", "x, n -> y", new long[] {-5}), "Reshape_0"));
    files.put(
        "a shape of another size",
        new Made(computing("Reshape", "x, n -> y", new long[] {3, 1}), "Reshape_0"));
    files.put(
        "a shape of 2^62",
        new Made(computing("Reshape", "x, n -> y", new long[] {1L << 62, 4}), "Reshape_0"));
    files.put(
        "axes that are not there",
        new Made(net().node("Concat", "x, x -> y", "axis", 99L).bytes(), "Concat_0"));
    files.put(
        "an axis of -2^63",
        new Made(
            net()
                .node("Softplus", "x -> z")
                .node("Softmax", "z -> s", "axis", Long.MIN_VALUE)
                .node("Relu", "s -> y")
                .bytes(),
            "Softmax_1"));
    files.put(
        "an order with an axis twice",
        new Made(
            net().node("Transpose", "x -> y", "perm", new long[] {0, 0}).bytes(), "Transpose_0"));
    files.put(
        "a step of 0",
        new Made(
            net()
                .numbers("a", 0)
                .numbers("b", 4)
                .numbers("c", 1)
                .numbers("d", 0)
                .node("Slice", "x, a, b, c, d -> y")
                .bytes(),
            "Slice_0"));
    files.put(
        "places outside",
        new Made(computing("Gather", "x, n -> y", new long[] {HUGE}, "axis", 1L), "Gather_0"));
    files.put(
        "a gigabyte of padding",
        new Made(computing("Pad", "x, n -> y", new long[] {0, 1L << 40, 0, 0}), "Pad_0"));
    files.put(
        "padding that takes all away",
        new Made(computing("Pad", "x, n -> y", new long[] {0, -9, 0, 0}), "Pad_0"));
    files.put(
        "2^40 numbers in a row",
        new Made(
            net()
                .numbers("a", 0)
                .numbers("b", HUGE)
                .numbers("c", 1)
                .node("Range", "a, b, c -> r")
                .node("Cast", "r -> f", "to", 1L)
                .node("Add", "x, f -> y")
                .bytes(),
            "Range_0"));
    files.put(
        "parts that are no whole",
        new Made(computing("Split", "x, n -> y, z", new long[] {1, 9}, "axis", 1L), "Split_0"));
    files.put("half a product", new Made(net().node("MatMul", "x -> y").bytes(), "MatMul_0"));
    files.put(
        "a product that does not fit",
        new Made(
            net().tensor("w", Tensor.zeros(Shape.of(5, 3))).node("Gemm", "x, w -> y").bytes(),
            "Gemm_0"));
    files.put(
        "a word for a number",
        new Made(net().node("LeakyRelu", "x -> y", "alpha", "a lot").bytes(), "LeakyRelu_0"));
    files.put(
        "an equation of nonsense",
        new Made(net().node("Einsum", "x -> y", "equation", "i.j..->->k").bytes(), "Einsum_0"));
    convolutions(files);
    return files;
  }

  private static void convolutions(Map<String, Made> files) {
    Map<String, Object[]> settings = new LinkedHashMap<>();
    settings.put("a stride of 0", new Object[] {"strides", new long[] {0, 1}});
    settings.put("a stride of 2^40", new Object[] {"strides", new long[] {HUGE, 1}});
    settings.put(
        "a dilation of 2^31 - 1", new Object[] {"dilations", new long[] {Integer.MAX_VALUE, 1}});
    settings.put("no groups", new Object[] {"group", 0L});
    settings.put("three groups of two channels", new Object[] {"group", 3L});
    settings.put("padding of 2^62", new Object[] {"pads", new long[] {1L << 62, 0, 0, 0}});
    settings.put("padding below zero", new Object[] {"pads", new long[] {-9, 0, 0, 0}});
    settings.put("three strides", new Object[] {"strides", new long[] {1, 1, 1}});
    settings.put("another kernel than there is", new Object[] {"kernel_shape", new long[] {7, 7}});
    settings.put("padding of an unknown kind", new Object[] {"auto_pad", "WHATEVER"});
    settings.forEach(
        (name, with) ->
            files.put(
                name,
                new Made(
                    Written.file(17)
                        .input("x", 1, 2, 4, 4)
                        .output("y")
                        .tensor("w", Tensor.zeros(Shape.of(2, 2, 3, 3)))
                        .node("Conv", "x, w -> y", with)
                        .bytes(),
                    "Conv_0")));
    files.put(
        "a pool of a gigapixel",
        new Made(
            Written.file(17)
                .input("x", 1, 1, 4, 4)
                .output("y")
                .node("MaxPool", "x -> y", "kernel_shape", new long[] {1 << 15, 1 << 15})
                .bytes(),
            "MaxPool_0"));
    files.put(
        "a picture of a gigapixel",
        new Made(
            Written.file(17)
                .input("x", 1, 1, 4, 4)
                .output("y")
                .tensor("s", Tensor.of(Shape.of(4), 1, 1, 1e9f, 1e9f))
                .node("Resize", "x, , s -> y")
                .bytes(),
            "Resize_0"));
  }

  /** If in If in If. */
  private static byte[] nested(int depth) {
    GraphProto inner = GraphProto.getDefaultInstance();
    for (int i = 0; i < depth / 3; i++) { // a graph, a node and an attribute are three levels
      AttributeProto a =
          AttributeProto.newBuilder()
              .setName("then_branch")
              .setType(AttributeType.GRAPH)
              .setG(inner)
              .build();
      inner =
          GraphProto.newBuilder()
              .addNode(NodeProto.newBuilder().setOpType("If").addAttribute(a).addOutput("y"))
              .build();
    }
    NodeProto node = inner.getNode(0);
    return graph(g -> g.clearNode().addNode(node.toBuilder().addInput("x")));
  }

  /** Messages in messages, deeper than any parser should go: field 7 of field 6 of field 5 … */
  private static byte[] deep(int depth) {
    byte[] file = new byte[0];
    for (int i = 0; i < depth; i++) {
      int field =
          i % 3 == 0 ? 6 : i % 3 == 1 ? 5 : 1; // AttributeProto.g, NodeProto.attribute, node
      file = field(field, file);
    }
    return field(7, file); // ModelProto.graph
  }

  /** A message as a field of another: its number, its length, itself. */
  private static byte[] field(int number, byte[] message) {
    byte[] head = {(byte) (number << 3 | 2), 0, 0, 0, 0};
    for (int k = 1, n = message.length; k < head.length; k++, n >>>= 7) {
      head[k] = (byte) (n & 0x7f | (k < head.length - 1 ? 0x80 : 0));
    }
    return Mutations.spliced(message, 0, 0, head);
  }

  @TestFactory
  Stream<DynamicTest> hostileFilesAreRefused() {
    Mutations reader = Mutations.of("onnx by hand", HostileOnnxTest::read);
    return Stream.of(structures(), tensors(), inputs(), operators())
        .flatMap(files -> files.entrySet().stream())
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = reader.refusal(f.getValue().file());
                      assertTrue(e.getMessage().startsWith("x.onnx: "), e.getMessage());
                      assertTrue(e.getMessage().contains(", at "), e.getMessage());
                      assertTrue(e.getMessage().contains(f.getValue().where()), e.getMessage());
                      assertEquals(1, e.getMessage().lines().count());
                    }));
  }

  @Test
  void externalDataMayNotLeadOutOfTheFolder(@TempDir Path dir) throws IOException {
    Path home = Files.createDirectory(dir.resolve("model"));
    Files.write(dir.resolve("secret"), new byte[4]);
    Files.write(home.resolve("w.bin"), new byte[4]);
    Files.createSymbolicLink(home.resolve("link"), dir.resolve("secret"));
    Files.createDirectory(home.resolve("folder"));
    Path file = home.resolve("x.onnx");
    Map<String, TensorProto.Builder> refused = new LinkedHashMap<>();
    String[] locations = {
      "../secret",
      dir.resolve("secret").toString(),
      "link",
      "folder",
      "",
      "a\0b",
      "nobody",
      "folder/../../secret",
      "w.bin/../../secret"
    };
    for (String location : locations) {
      refused.put("location " + location, external(location, "0", "4"));
    }
    refused.put("offset beyond", external("w.bin", "4", "4"));
    refused.put("offset below zero", external("w.bin", "-1", "4"));
    refused.put("offset of 2^63", external("w.bin", "9223372036854775808", "4"));
    refused.put("length below zero", external("w.bin", "0", "-4"));
    refused.put("length of 8 GB", external("w.bin", "0", "8589934592"));
    refused.put("length that is none", external("w.bin", "0", "four"));
    refused.put("length of another shape", external("w.bin", "0", "3"));
    for (Map.Entry<String, TensorProto.Builder> e : refused.entrySet()) {
      Files.write(file, holding(e.getValue()));
      String message =
          assertThrows(FormatException.class, () -> Onnx.read(file), e.getKey()).getMessage();
      assertTrue(message.contains("initializer w"), message);
      assertEquals(1, message.lines().count(), message);
    }
    Files.write(file, holding(external("w.bin", "0", "4")));
    assertEquals(Shape.of(4), Onnx.read(file).example());
  }
}
