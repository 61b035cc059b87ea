package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.export.Models;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A file from a stranger is read, or refused by one exception, at once and in little memory. */
@Tag("hostile")
class HostileFilesTest {
  private static void read(byte[] file) throws IOException {
    Onnx.read(file, "file", Reading.PLAIN);
  }

  /** The arithmetic of a graph may make two million whole numbers. */
  private static Mutations mutations(String format) {
    return Mutations.of(format, HostileFilesTest::read).taking(32 << 20);
  }

  // ---- damaged files --------------------------------------------------------------------------

  private static byte[][] written() {
    Rng rng = Rng.of(3);
    return new byte[][] {
      Nets.convolutional(rng).bytes(),
      Nets.transformer(rng, false).bytes(),
      Nets.shapes(rng).bytes(),
      Nets.resizing(rng).bytes()
    };
  }

  @Test
  void damagedBytesAreReadOrRefused() {
    byte[][] files = written();
    String[] tokens = {
      "Conv", "Reshape", "x", "axes", "\u0008\u0001", "\u0012", "Expand", "Loop", ""
    };
    Mutations mutations = mutations("onnx bytes");
    for (byte[] file : files) {
      mutations.everyPrefix(file);
    }
    mutations.everyBitFlip(Nets.shapes(Rng.of(3)).bytes()).random(files, tokens).report();
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    List<byte[]> files = new ArrayList<>(List.of(written()));
    for (Models.Net net : Models.small()) {
      if (net.model().example().size() < 1000) {
        files.add(Onnx.toBytes(ModelFile.of(net.model())));
      }
    }
    mutations("onnx").random(files.toArray(byte[][]::new), Damage::to).report();
  }

  /** The test cases of the format's authors: all operators with all their settings. */
  @Test
  void damagedCasesOfOthersAreReadOrRefused() throws IOException {
    List<byte[]> files = new ArrayList<>();
    Archive.files("node")
        .forEach(
            (name, file) -> {
              if (name.endsWith("model.onnx") && isRead(file)) {
                files.add(file);
              }
            });
    assertTrue(files.size() > 150, "only " + files.size());
    mutations("onnx cases").random(files.toArray(byte[][]::new), Damage::to).report();
  }

  private static boolean isRead(byte[] file) {
    try {
      read(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // ---- files with bad intentions --------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> handMadeFilesAreRefused() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    notModels(files);
    structures(files);
    tensors(files);
    largeResults(files);
    pairings(files);
    operators(files);
    assertTrue(files.size() >= 60, files.size() + "");
    return files.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> assertRefused(e.getValue())));
  }

  private static void assertRefused(byte[] file) {
    FormatException e = mutations("onnx by hand").refusal(file);
    assertTrue(e.getMessage().startsWith("file"), e.getMessage());
    assertTrue(e.getMessage().contains(", at "), e.getMessage());
  }

  private static void notModels(Map<String, byte[]> files) {
    files.put("nothing", new byte[0]);
    files.put("text", "I am a model, believe me".getBytes(StandardCharsets.UTF_8));
    files.put("zeros", new byte[1000]);
    byte[] ones = new byte[1000];
    Arrays.fill(ones, (byte) 0xff);
    files.put("ones", ones);
    files.put("no graph", ModelProto.newBuilder().setIrVersion(8).build().toByteArray());
    files.put("a length of 2⁶⁰", new byte[] {0x3a, -1, -1, -1, -1, -1, -1, -1, 0x0f, 1});
    files.put("no version", relu().proto().toBuilder().clearOpsetImport().build().toByteArray());
    StringStringEntryProto.Builder bounds = StringStringEntryProto.newBuilder();
    bounds.setKey("bagel.bounds").setValue("[1, 0");
    files.put("bounds", relu().proto().toBuilder().addMetadataProps(bounds).build().toByteArray());
    for (int version : new int[] {-1, 0, 3, 1000, Integer.MAX_VALUE}) {
      files.put("version " + version, base(version).node("Relu", "x -> y").output("y").bytes());
    }
  }

  private static Written base(int opset) {
    return Written.file(opset).input("x", 1, 2, 4, 4);
  }

  private static Written relu() {
    return base(17).node("Relu", "x -> y").output("y");
  }

  private static void structures(Map<String, byte[]> files) {
    files.put("no outputs", base(17).node("Relu", "x -> y").bytes());
    files.put("an output from nowhere", base(17).node("Relu", "x -> y").output("z").bytes());
    files.put("an output that is an input", base(17).node("Relu", "x -> y").output("x").bytes());
    files.put("no nodes", base(17).output("x").bytes());
    files.put(
        "no input needed",
        Written.file(17).numbers("n", 2).node("ConstantOfShape", "n -> y").output("y").bytes());
    files.put("two inputs", relu2(w -> w.input("z", 1, 2, 4, 4).node("Add", "x, z -> y")));
    files.put("a second input x", relu().input("x", 1).bytes());
    files.put(
        "a cycle",
        relu2(w -> w.node("Relu", "b -> a").node("Add", "x, a -> b").node("Relu", "b -> y")));
    files.put("a node that reads itself", relu2(w -> w.node("Add", "x, y -> y")));
    files.put("an input from nowhere", relu2(w -> w.node("Add", "x, w -> y")));
    files.put("a value computed twice", relu2(w -> w.node("Relu", "x -> y").node("Neg", "x -> y")));
    files.put(
        "a value that is an input", relu2(w -> w.node("Relu", "x -> x").node("Neg", "x -> y")));
    files.put("no inputs of a node", relu2(w -> w.node("Relu", " -> y")));
    files.put("an input left out", relu2(w -> w.node("Add", "x, -> y")));
    files.put("an attribute twice", relu2(w -> w.node("Elu", "x -> y", "alpha", 1f, "alpha", 2f)));
    files.put("an unknown operator", relu2(w -> w.node("Summon", "x -> y")));
    files.put("a loop", relu2(w -> w.node("Loop", "x -> y")));
    files.put("a choice of graphs", choice());
    files.put("a function that calls itself", recursive());
    files.put(
        "a value that is a tensor",
        relu2(w -> w.numbers("n", 1).node("Relu", "x -> n").node("Relu", "n -> y")));
    files.put("another domain", withDomain("com.example"));
    files.put("a name of a megabyte", relu2(w -> w.node("a".repeat(1 << 20), "x -> y")));
    files.put("a name that breaks lines", relu2(w -> w.node("a\nb\u001b[31m", "x -> y")));
    files.put("nesting", nested());
    files.put(
        "an input without axes",
        Written.file(17).input("x").node("Relu", "x -> y").output("y").bytes());
    files.put(
        "an open input",
        Written.file(17).input("x", 1, -1, 4).node("Relu", "x -> y").output("y").bytes());
    files.put(
        "an endless input",
        Written.file(17).input("x", 1, 1L << 40).node("Relu", "x -> y").output("y").bytes());
    files.put(
        "an overflowing input",
        Written.file(17)
            .input("x", 1, 1 << 20, 1 << 20)
            .node("Relu", "x -> y")
            .output("y")
            .bytes());
    files.put("an input of strings", ofStrings());
    files.put("a thousand copies", copies());
  }

  private static byte[] relu2(UnaryOperator<Written> nodes) {
    return nodes.apply(base(17)).output("y").bytes();
  }

  private static byte[] withDomain(String domain) {
    Written w = relu();
    w.graph.getNodeBuilder(0).setDomain(domain);
    return w.bytes();
  }

  private static byte[] ofStrings() {
    Written w = Written.file(17).node("Identity", "s -> y").output("y");
    w.graph.addInput(Written.info("s", 8, 1, 3));
    return w.bytes();
  }

  private static byte[] choice() {
    GraphProto branch = base(17).node("Summon", "x -> b").output("b").graph.build();
    Written w = base(17).tensor("c", Tensor.zeros(Shape.of(1))).node("If", "c -> y");
    for (String name : new String[] {"then_branch", "else_branch"}) {
      AttributeProto.Builder a =
          AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.GRAPH);
      w.graph.getNodeBuilder(0).addAttribute(a.setG(branch));
    }
    return w.output("y").bytes();
  }

  private static byte[] recursive() {
    NodeProto call =
        NodeProto.newBuilder().setOpType("F").setDomain("own").addInput("x").addOutput("y").build();
    FunctionProto f =
        FunctionProto.newBuilder()
            .setName("F")
            .setDomain("own")
            .addInput("x")
            .addOutput("y")
            .addNode(call)
            .build();
    ModelProto.Builder model = base(17).output("y").proto().toBuilder().addFunctions(f);
    model.getGraphBuilder().addNode(call);
    return model.build().toByteArray();
  }

  /** A graph in an attribute of a node of a graph in an attribute …. */
  private static byte[] nested() {
    byte[] inner = GraphProto.getDefaultInstance().toByteArray();
    for (int i = 0; i < 2000; i++) {
      GraphProto.Builder outer = GraphProto.newBuilder();
      AttributeProto.Builder a =
          AttributeProto.newBuilder().setName("g").setType(AttributeProto.AttributeType.GRAPH);
      byte[] attribute = Mutations.spliced(a.build().toByteArray(), 0, 0, field(6, inner));
      byte[] node =
          Mutations.spliced(
              NodeProto.newBuilder().setOpType("If").build().toByteArray(),
              0,
              0,
              field(5, attribute));
      inner = Mutations.spliced(outer.build().toByteArray(), 0, 0, field(1, node));
    }
    return field(7, inner);
  }

  private static byte[] field(int number, byte[] content) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.write((number << 3) | 2);
    for (int n = content.length; ; n >>>= 7) {
      if (n < 128) {
        out.write(n);
        break;
      }
      out.write((n & 127) | 128);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** Each concatenation doubles the one before. */
  private static byte[] copies() {
    Written w = base(17).node("Identity", "x -> v0");
    for (int i = 0; i < 40; i++) {
      w.node("Concat", "v%d, v%d -> v%d".formatted(i, i, i + 1), "axis", 1L);
    }
    return w.output("v40").bytes();
  }

  // ---- tensors --------------------------------------------------------------------------------

  private static byte[] with(TensorProto.Builder t) {
    Written w = base(17);
    w.graph.addInitializer(t.setName("t"));
    return w.node("Add", "x, t -> y").output("y").bytes();
  }

  private static TensorProto.Builder floats(long... dims) {
    TensorProto.Builder t = TensorProto.newBuilder().setDataType(1);
    Arrays.stream(dims).forEach(t::addDims);
    return t;
  }

  private static void tensors(Map<String, byte[]> files) {
    files.put("dims −1", with(floats(-1).addFloatData(1)));
    files.put("dims 2⁴⁰", with(floats(1L << 40).addFloatData(1)));
    files.put("dims that overflow an int", with(floats(1 << 16, 1 << 16).addFloatData(1)));
    files.put("dims that overflow a long", with(floats(1L << 32, 1L << 32).addFloatData(1)));
    files.put("dims whose product wraps to 4", with(floats(4194305, 4194305, 211106198978564L)));
    files.put("dims 0 × 2⁶²", with(floats(0, 1L << 62)));
    files.put("dims of 2³⁰ and no data", with(floats(1 << 30)));
    files.put(
        "dims of 2³⁰ and four bytes",
        with(floats(1 << 30).setRawData(ByteString.copyFrom(new byte[4]))));
    files.put("too few elements", with(floats(4).addFloatData(1)));
    files.put("too many elements", with(floats(1).addFloatData(1).addFloatData(2)));
    files.put("too few bytes", with(floats(4).setRawData(ByteString.copyFrom(new byte[15]))));
    files.put("too many bytes", with(floats(4).setRawData(ByteString.copyFrom(new byte[17]))));
    files.put("elements in the wrong list", with(floats(1).addInt64Data(1)));
    files.put(
        "strings", with(floats(1).setDataType(8).addStringData(ByteString.copyFromUtf8("1"))));
    files.put("an unknown type", with(floats(1).setDataType(99).addFloatData(1)));
    files.put("no type", with(floats(1).setDataType(0).addFloatData(1)));
    TensorProto.Builder deep = floats(1).addFloatData(1);
    for (int i = 0; i < 100_000; i++) {
      deep.addDims(1);
    }
    files.put("a hundred thousand axes", with(deep));
    Written twice = base(17).numbers("n", 1).numbers("n", 2);
    files.put("a tensor twice", twice.node("Add", "x, n -> y").output("y").bytes());
    Written sparse = relu();
    sparse.graph.addSparseInitializer(SparseTensorProto.getDefaultInstance());
    files.put("a sparse tensor", sparse.bytes());
    files.put("bytes elsewhere", with(external("weights", null, null)));
  }

  private static TensorProto.Builder external(String location, String offset, String length) {
    TensorProto.Builder t = floats(2).setDataLocation(TensorProto.DataLocation.EXTERNAL);
    put(t, "location", location);
    put(t, "offset", offset);
    put(t, "length", length);
    return t;
  }

  private static void put(TensorProto.Builder t, String key, String value) {
    if (value != null) {
      t.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    }
  }

  @Test
  void dataBesideTheModelIsReadAndNoOther(@TempDir Path all) throws IOException {
    Path folder = Files.createDirectory(all.resolve("model"));
    Files.write(all.resolve("secret"), new byte[8]);
    Files.write(folder.resolve("weights"), new byte[16]);
    Files.createDirectory(folder.resolve("below"));
    Files.write(folder.resolve("below/weights"), new byte[8]);
    Files.createSymbolicLink(folder.resolve("link"), all.resolve("secret"));
    Path model = folder.resolve("model.onnx");
    String[][] good = {
      {"weights", "8", "8"}, {"weights", "8", null}, {"below/weights", null, null}
    };
    for (String[] g : good) {
      Files.write(model, withTwo(external(g[0], g[1], g[2])));
      assertEquals(Shape.of(4), Onnx.read(model).example());
    }
    String[][] bad = {
      {"../secret", null, null},
      {"link", null, null},
      {all.resolve("secret").toString(), null, null},
      {"/etc/passwd", null, null},
      {"/dev/zero", null, null},
      {"", null, null},
      {".", null, null},
      {"below", null, null},
      {"missing", null, null},
      {"a\u0000b", null, null},
      {"weights", "9", "8"},
      {"weights", "-8", "8"},
      {"weights", "0", "-8"},
      {"weights", "0", "7"},
      {"weights", "17", null},
      {"weights", "9223372036854775807", "9223372036854775807"},
      {"weights", "eight", null},
    };
    for (String[] b : bad) {
      Files.write(model, withTwo(external(b[0], b[1], b[2])));
      FormatException e = assertThrows(FormatException.class, () -> Onnx.read(model), b[0]);
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
  }

  @Test
  void whatIsNoFileIsNotRead(@TempDir Path folder) throws IOException {
    Path link = folder.resolve("link.onnx");
    Files.createSymbolicLink(link, Path.of("/dev/zero")); // would go on for ever, if it is there
    assertThrows(IOException.class, () -> Onnx.read(link));
    Files.delete(link);
    assertThrows(FormatException.class, () -> Onnx.read(folder));
    assertThrows(NoSuchFileException.class, () -> Onnx.read(folder.resolve("none")));
  }

  private static byte[] withTwo(TensorProto.Builder t) {
    Written w = Written.file(17).input("x", 1, 4).tensor("w", Tensor.zeros(Shape.of(4, 2)));
    w.graph.addInitializer(t.setName("t"));
    return w.node("MatMul", "x, w -> m").node("Add", "m, t -> y").output("y").bytes();
  }

  // ---- much out of little ---------------------------------------------------------------------

  private static void largeResults(Map<String, byte[]> files) {
    long most = Integer.MAX_VALUE - 8;
    files.put("a constant of 2⁴⁰", made("ConstantOfShape", 1 << 20, 1 << 20));
    files.put("a constant of a negative shape", made("ConstantOfShape", -1));
    files.put("a constant larger than the heap", made("ConstantOfShape", 1, 1, most, 1));
    files.put(
        "numbers of 2³⁰",
        relu2(
            w ->
                w.numbers("n", 1 << 30)
                    .node("ConstantOfShape", "n -> c", "value", Written.list(1))
                    .node("Reshape", "x, c -> y")));
    files.put(
        "expanded to 2⁴⁰",
        relu2(w -> w.numbers("n", 1 << 20, 1 << 20, 4, 4).node("Expand", "x, n -> y")));
    files.put(
        "tiled 2⁴⁰ times", relu2(w -> w.numbers("n", 1L << 40, 1, 1, 1).node("Tile", "x, n -> y")));
    files.put("tiled −1 times", relu2(w -> w.numbers("n", -1, 1, 1, 1).node("Tile", "x, n -> y")));
    files.put(
        "tiled 2²⁰ × 2²⁰ times",
        relu2(w -> w.numbers("n", 1, 1 << 20, 1 << 20, 1).node("Tile", "x, n -> y")));
    files.put("numbers tiled", numbersTiled());
    for (long[] r :
        new long[][] {
          {0, 1L << 62, 1}, {0, 1, 0}, {Long.MIN_VALUE, Long.MAX_VALUE, 1}, {0, 1 << 30, 1}
        }) {
      files.put(
          "a range " + Arrays.toString(r),
          relu2(
              w ->
                  w.numbers("a", r[0])
                      .numbers("b", r[1])
                      .numbers("c", r[2])
                      .node("Range", "a, b, c -> r")
                      .node("Cast", "r -> f", "to", 1L)
                      .node("Add", "x, f -> y")));
    }
    for (String mode : new String[] {"constant", "reflect", "edge"}) {
      long m = 1 << 24;
      files.put(
          "padded by 2²⁴, " + mode,
          relu2(
              w -> w.numbers("p", 0, 0, m, m, 0, 0, m, m).node("Pad", "x, p -> y", "mode", mode)));
    }
    files.put(
        "padded by 2⁴⁰",
        relu2(w -> w.numbers("p", 0, 0, 0, 1L << 40, 0, 0, 0, 0).node("Pad", "x, p -> y")));
    files.put(
        "cut off beyond the end",
        relu2(w -> w.numbers("p", 0, 0, 0, -9, 0, 0, 0, 0).node("Pad", "x, p -> y")));
    for (float s : new float[] {1e30f, -1, Float.NaN, Float.POSITIVE_INFINITY, 1e-9f, 1e6f}) {
      files.put(
          "resized by " + s,
          relu2(
              w ->
                  w.tensor("s", Tensor.of(Shape.of(4), 1, 1, s, s))
                      .node("Resize", "x, , s -> y", "mode", "linear")));
    }
    files.put(
        "resized to 2²⁴",
        relu2(w -> w.numbers("s", 1, 2, 1 << 24, 1 << 24).node("Resize", "x, , , s -> y")));
    files.put(
        "one of 2³⁰",
        relu2(
            w ->
                w.numbers("d", 1 << 30)
                    .tensor("v", Tensor.of(Shape.of(2), 0, 1))
                    .node("OneHot", "x, d, v -> y")));
    files.put("unsqueezed a thousand times", unsqueezed());
    files.put("a transposed convolution a long way apart", convTransposed(1 << 24));
    files.put(
        "a pool of 2²⁴ cells",
        relu2(
            w ->
                w.node(
                    "MaxPool",
                    "x -> y",
                    "kernel_shape",
                    new long[] {4096, 4096},
                    "dilations",
                    new long[] {2, 2},
                    "pads",
                    new long[] {9000, 9000, 9000, 9000})));
  }

  private static byte[] made(String operator, long... shape) {
    return relu2(w -> w.numbers("n", shape).node(operator, "n -> c").node("Add", "x, c -> y"));
  }

  private static byte[] numbersTiled() {
    Written w = base(17).numbers("n", 1).numbers("by", 1000);
    for (int i = 0; i < 10; i++) {
      w.node("Tile", (i == 0 ? "n" : "t" + i) + ", by -> t" + (i + 1));
    }
    return w.node("Reshape", "x, t10 -> y").output("y").bytes();
  }

  private static byte[] unsqueezed() {
    long[] axes = new long[1000];
    Arrays.setAll(axes, i -> i);
    return relu2(w -> w.numbers("a", axes).node("Unsqueeze", "x, a -> y"));
  }

  private static byte[] convTransposed(long stride) {
    return relu2(
        w ->
            w.tensor("w", Tensor.zeros(Shape.of(2, 1, 2, 2)))
                .node("ConvTranspose", "x, w -> y", "strides", new long[] {stride, stride}));
  }

  /** Operators that pair every number of an input with every number of the others. */
  private static void pairings(Map<String, byte[]> files) {
    long m = 1 << 14;
    files.put(
        "columns times rows of whole numbers",
        relu2(
            w ->
                constant(w, "a", m, 1)
                    .numbers("s", 1, m)
                    .node("Reshape", "a, s -> b")
                    .node("MatMul", "a, b -> c")
                    .node("MatMul", "c, c -> d")
                    .node("Add", "x, d -> y")));
    files.put(
        "seven small operands",
        relu2(
            w ->
                w.tensor("t", Tensor.zeros(Shape.of(60)))
                    .node(
                        "Einsum", "t, t, t, t, t, t, t -> c", "equation", "a,b,c,d,e,f,g->abcdefg")
                    .node("Add", "x, c -> y")));
    files.put("six axes that are added", relu2(HostileFilesTest::sixAxes));
    files.put(
        "a small tensor at a million places",
        relu2(
            w ->
                constant(w, "i", 1 << 20)
                    .tensor("t", Tensor.zeros(Shape.of(1, 60)))
                    .node("Gather", "t, i -> g", "axis", 0L)
                    .node("Gather", "g, i -> h", "axis", 1L)
                    .node("Add", "x, h -> y")));
    files.put(
        "a million numbers in a million rows",
        relu2(
            w ->
                constant(w, "i", 1 << 20, 1)
                    .numbers("s", 1, 1 << 20)
                    .node("Reshape", "i, s -> j")
                    .node("Add", "i, j -> k")
                    .node("Reshape", "x, k -> y")));
    files.put("a million sums", sums());
  }

  private static Written constant(Written w, String name, long... shape) {
    return w.numbers(name + "shape", shape)
        .node("ConstantOfShape", name + "shape -> " + name, "value", Written.list(0));
  }

  /** [60, 1, 1, …] + [1, 60, 1, …] + …. */
  private static Written sixAxes(Written w) {
    for (int i = 0; i < 6; i++) {
      int[] d = {1, 1, 1, 1, 1, 1};
      d[i] = 60;
      w.tensor("t" + i, Tensor.zeros(Shape.of(d)));
    }
    return w.node("Sum", "t0, t1, t2, t3, t4, t5 -> t").node("Add", "x, t -> y");
  }

  /** A few nodes that each make a million whole numbers. */
  private static byte[] sums() {
    Written w = constant(base(17), "v0", 1 << 20);
    for (int i = 0; i < 100; i++) {
      w.node("Add", "v%d, v%d -> v%d".formatted(i, i, i + 1));
    }
    return w.node("Reshape", "x, v100 -> y").output("y").bytes();
  }

  // ---- structures that may be read ------------------------------------------------------------

  /** What the format allows, or does not forbid: the answer may be yes, but not at any price. */
  @Test
  void oddFilesAreReadOrRefused() {
    Mutations mutations = mutations("onnx odd");
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("no batch", relu(0, 2, 4, 4));
    files.put("empty images", relu(1, 0, 4, 4));
    files.put("a scalar", relu(1));
    files.put("numbers that are none", nan());
    files.put("a node that is not needed", relu().node("Summon", "x -> z").bytes());
    files.put("an axis from behind", relu2(w -> w.node("LogSoftmax", "x -> y", "axis", -1L)));
    files.put("an axis before the first", relu2(w -> w.node("LogSoftmax", "x -> y", "axis", -5L)));
    files.put("an output twice", relu().output("y").bytes());
    files.put(
        "a thousand inputs of a node", relu2(w -> w.node("Sum", "x, ".repeat(999) + "x -> y")));
    files.put("a thousand nodes", chain(1000));
    files.put("an input of which two are too many", relu(1, 1 << 15, 1 << 15));
    files.forEach((what, file) -> mutations.readOrRefused(file, what));
    mutations.report();
  }

  private static byte[] relu(long... dims) {
    return Written.file(17).input("x", dims).node("Relu", "x -> y").output("y").bytes();
  }

  private static byte[] nan() {
    Tensor t = Tensor.of(Shape.of(2), Float.NaN, Float.NEGATIVE_INFINITY);
    return Written.file(17)
        .input("x", 1, 2)
        .tensor("t", t)
        .node("Add", "x, t -> y")
        .output("y")
        .bytes();
  }

  private static byte[] chain(int n) {
    Written w = base(17).node("Identity", "x -> v0");
    for (int i = 0; i < n; i++) {
      w.node("Tanh", "v" + i + " -> v" + (i + 1));
    }
    return w.output("v" + n).bytes();
  }

  /** Nothing here calls itself: a graph may be as deep as a file is long. */
  @Test
  void aVeryDeepGraphIsReadAndRuns() throws IOException {
    Model deep = Onnx.read(chain(20_000), "file", Reading.PLAIN);
    assertEquals(0, deep.scores(Tensor.zeros(Shape.of(1, 2, 4, 4))).get(0));
  }

  // ---- operators ------------------------------------------------------------------------------

  private static void operators(Map<String, byte[]> files) {
    for (long[] to :
        new long[][] {{-1, -1}, {0, 0, 0, 0, 0}, {5}, {-2, 16}, {1L << 40}, {0, 0}, {-1, 0, 7}}) {
      files.put(
          "reshaped to " + Arrays.toString(to),
          relu2(w -> w.numbers("t", to).node("Reshape", "x, t -> y")));
    }
    for (long[] p :
        new long[][] {{0, 0, 1, 2}, {0, 1}, {0, 1, 2, 9}, {0, 1, 2, -9}, {1L << 40, 0, 1, 2}}) {
      files.put(
          "transposed by " + Arrays.toString(p),
          relu2(w -> w.node("Transpose", "x -> y", "perm", p)));
    }
    for (long[] s : new long[][] {{0, 4, 2, 0}, {0, 4, 9, 1}, {0, 4, Long.MIN_VALUE, 1}}) {
      files.put(
          "sliced by " + Arrays.toString(s),
          relu2(
              w ->
                  w.numbers("a", s[0])
                      .numbers("b", s[1])
                      .numbers("c", s[2])
                      .numbers("d", s[3])
                      .node("Slice", "x, a, b, c, d -> y")));
    }
    files.put(
        "the place 9 of 4", relu2(w -> w.numbers("i", 9).node("Gather", "x, i -> y", "axis", 3L)));
    files.put(
        "split into other sums",
        relu2(w -> w.numbers("s", 1, 2, 3).node("Split", "x, s -> y, z, q", "axis", 2L)));
    files.put(
        "squeezed where it is long", relu2(w -> w.numbers("a", 2).node("Squeeze", "x, a -> y")));
    files.put(
        "concatenated with other shapes",
        relu2(w -> w.numbers("a", 2).node("Concat", "x, a -> y", "axis", 1L)));
    files.put(
        "added to other shapes",
        relu2(w -> w.tensor("t", Tensor.zeros(Shape.of(3))).node("Add", "x, t -> y")));
    files.put("an axis 7", relu2(w -> w.node("LogSoftmax", "x -> y", "axis", 7L)));
    files.put("an axis 2⁴⁰", relu2(w -> w.node("LogSoftmax", "x -> y", "axis", 1L << 40)));
    files.put(
        "an attribute of another type", relu2(w -> w.node("LogSoftmax", "x -> y", "axis", "one")));
    files.put(
        "a list where a number is due",
        relu2(w -> w.node("Elu", "x -> y", "alpha", new long[] {1})));
    files.put(
        "a constant of nothing", relu2(w -> w.node("Constant", " -> c").node("Add", "x, c -> y")));
    files.put("cast to strings", relu2(w -> w.node("Cast", "x -> y", "to", 8L)));
    files.put(
        "divided by zero",
        relu2(
            w ->
                w.numbers("a", 1)
                    .numbers("b", 0)
                    .node("Div", "a, b -> c")
                    .node("Reshape", "x, c -> y")));
    files.put(
        "a shape that depends on the input",
        relu2(w -> w.node("Cast", "x -> c", "to", 7L).node("Reshape", "x, c -> y")));
    for (String equation :
        new String[] {"", "...ij->ij", "ii->i", "ab,cd->", "->", "abcd->abcz", ",,,"}) {
      files.put(
          "the sum " + equation, relu2(w -> w.node("Einsum", "x -> y", "equation", equation)));
    }
    Object[][] windows = {
      {"group", 0L},
      {"group", 3L},
      {"group", -1L},
      {"strides", new long[] {0, 0}},
      {"strides", new long[] {-1, 1}},
      {"dilations", new long[] {0, 1}},
      {"dilations", new long[] {9, 9}},
      {"pads", new long[] {-1, 0, 0, 0}},
      {"pads", new long[] {1 << 24, 1 << 24, 1 << 24, 1 << 24}},
      {"pads", new long[] {1}},
      {"pads", new long[] {1L << 40, 0, 0, 0}},
      {"kernel_shape", new long[] {3, 3}},
      {"auto_pad", "SOMEHOW"},
      {"strides", new long[] {1, 1, 1}},
    };
    for (Object[] a : windows) {
      String what = a[1] instanceof long[] list ? Arrays.toString(list) : "" + a[1];
      files.put(
          "a convolution with " + a[0] + " " + what,
          relu2(
              w -> w.tensor("w", Tensor.zeros(Shape.of(2, 2, 2, 2))).node("Conv", "x, w -> y", a)));
    }
    files.put(
        "filters without axes",
        relu2(w -> w.tensor("w", Tensor.zeros(Shape.of(2, 2))).node("Conv", "x, w -> y")));
    files.put("a pool without a window", relu2(w -> w.node("MaxPool", "x -> y")));
    files.put(
        "a pool of 0", relu2(w -> w.node("MaxPool", "x -> y", "kernel_shape", new long[] {0, 0})));
    files.put(
        "a pool that is too large",
        relu2(w -> w.node("AveragePool", "x -> y", "kernel_shape", new long[] {9, 9})));
    files.put(
        "a normalisation of 3 channels",
        relu2(
            w ->
                w.tensor("c", Tensor.zeros(Shape.of(3)))
                    .node("BatchNormalization", "x, c, c, c, c -> y")));
    files.put(
        "seven groups",
        relu2(
            w ->
                w.tensor("c", Tensor.zeros(Shape.of(2)))
                    .node("GroupNormalization", "x, c, c -> y", "num_groups", 7L)));
    files.put("the largest 2⁴⁰", relu2(w -> w.numbers("k", 1L << 40).node("TopK", "x, k -> y, i")));
    files.put("blocks of 0", relu2(w -> w.node("DepthToSpace", "x -> y", "blocksize", 0L)));
    files.put(
        "more outputs than there are",
        relu2(w -> w.node("Relu", "x -> a, b").node("Add", "a, b -> y")));
  }
}
