package dev.bagel.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
  private static final Layer SMALL =
      Layer.sequential(
          Layer.conv(2, 3, 3, 1, 1),
          Layer.batchNorm(3),
          Layer.relu(),
          Layer.flatten(),
          Layer.dense(48, 2));

  /** Every number random, buffers too. */
  private static Model random(Layer net, Shape example) {
    Params p = net.init(Rng.of(1));
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    p.all()
        .forEach(
            (name, t) -> numbers.put(name, Tensor.uniform(t.shape(), 0.1f, 1, Rng.of(2).at(name))));
    return Model.of(net, p.with(numbers), example);
  }

  private static Model small() {
    return random(SMALL, Shape.of(2, 4, 4))
        .with(new Preprocessing(List.of(0.1f, 0.2f), List.of(1 / 3f, 0.5f)))
        .with(new Bounds(-1, 2));
  }

  private static Safetensors changed(Map<String, Tensor> tensors, Map<String, String> metadata)
      throws FormatException {
    Safetensors s = Safetensors.read(ModelFile.of(small()).toBytes(), "small");
    Map<String, Tensor> t = new LinkedHashMap<>(s.tensors());
    t.putAll(tensors);
    Map<String, String> m = new LinkedHashMap<>(s.metadata());
    m.putAll(metadata);
    return new Safetensors(t, m);
  }

  @Test
  void theOrderOfTheChannelsIsKept() throws FormatException {
    Model reversed = small().with(new Preprocessing(true, List.of(), List.of()));
    assertSame(reversed, ModelFile.read(ModelFile.of(reversed).toBytes(), "m").model());
    assertTrue(
        refused(changed(Map.of(), Map.of("bagel.channels", "gbr")))
            .contains("channels 'gbr', at bagel.channels"));
  }

  private static String refused(Safetensors file) {
    return assertThrows(
            FormatException.class, () -> ModelFile.read(file.toBytes(), "m.safetensors"))
        .getMessage();
  }

  private static void assertSame(Model expected, Model actual) {
    assertEquals(expected.net(), actual.net());
    assertEquals(expected.example(), actual.example());
    assertEquals(expected.bounds(), actual.bounds());
    assertEquals(expected.preprocessing(), actual.preprocessing());
    assertEquals(expected.params(), actual.params());
    assertEquals(
        List.copyOf(expected.params().all().keySet()), List.copyOf(actual.params().all().keySet()));
    Tensor x = Tensor.uniform(Shape.of(3).concat(expected.example()), 0, 1, Rng.of(3));
    assertArrayEquals(expected.scores(x).toArray(), actual.scores(x).toArray());
  }

  @Test
  void aModelComesBackToTheLastBit(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("m.safetensors");
    ModelFile.write(small(), file);
    assertSame(small(), ModelFile.read(file).model());
    assertTrue(ModelFile.read(file).info().isEmpty());
    assertArrayEquals(Files.readAllBytes(file), ModelFile.read(file).toBytes());
  }

  @Test
  void theNetsOfTheZooComeBack() throws IOException {
    for (String name : List.of("mlp", "tutorial-cnn", "smooth-cnn", "fast-fgsm", "resnet20")) {
      Zoo.Entry e = Zoo.named(name).orElseThrow();
      Model m = random(e.net(), e.example());
      assertSame(m, ModelFile.read(ModelFile.of(m).toBytes(), name).model());
    }
  }

  @Test
  void extremeBoundsAndNumbersComeBack() throws FormatException {
    Layer net = new Dense(1, 2);
    Params p = net.init(Rng.of(1));
    Map<String, Tensor> numbers = new LinkedHashMap<>(p.all());
    numbers.put("weight", Tensor.of(Shape.of(2, 1), -0f, Float.MIN_VALUE));
    numbers.put("bias", Tensor.of(Shape.of(2), Float.MAX_VALUE, -Float.MAX_VALUE));
    for (Bounds b : List.of(Bounds.NONE, new Bounds(-0f, Float.MIN_VALUE), Bounds.UNIT)) {
      Model m = Model.of(net, p.with(numbers), Shape.of(1)).with(b);
      Model back = ModelFile.read(ModelFile.of(m).toBytes(), "m").model();
      assertSame(m, back);
      assertEquals(
          Float.floatToRawIntBits(-0f),
          Float.floatToRawIntBits(back.params().weights().get("weight").get(0)));
    }
  }

  @Test
  void classNamesAndWordsComeBack() throws FormatException {
    ModelFile file =
        ModelFile.of(small())
            .withClassNames(List.of("grand piano, \"upright\"", "ベーグル"))
            .with("trained", "by hand\nfor an hour");
    ModelFile back = ModelFile.read(file.toBytes(), "m");
    assertEquals(file.classNames(), back.classNames());
    assertEquals(file.info(), back.info());
    assertEquals(List.of(), ModelFile.of(small()).classNames());
    assertThrows(IllegalArgumentException.class, () -> file.withClassNames(List.of("a\nb")));
    assertThrows(IllegalArgumentException.class, () -> file.withClassNames(List.of()));
    assertThrows(IllegalArgumentException.class, () -> file.with("bagel.bounds", "[0, 9]"));
  }

  @Test
  void allNamesThatDoNotFitAreInOneMessage() throws FormatException {
    Safetensors s = changed(Map.of("9.weight", Tensor.scalar(1)), Map.of());
    Map<String, Tensor> t = new LinkedHashMap<>(s.tensors());
    t.remove("1.running_mean");
    t.remove("0.bias");
    t.put("4.bias", Tensor.zeros(Shape.of(3)));
    assertEquals(
        "m.safetensors: not those of the architecture: missing: 0.bias [3], 1.running_mean [3] /"
            + " unexpected: 9.weight / misshapen: 4.bias is [3] instead of [2], at the tensors;"
            + " write the file again, or read its tensors with Safetensors",
        refused(new Safetensors(t, s.metadata())));
  }

  @Test
  void numbersThatAreNotFiniteAreNeitherReadNorWritten() throws FormatException {
    Tensor bad = Tensor.of(Shape.of(2), 1, Float.NaN);
    String message = refused(changed(Map.of("4.bias", bad), Map.of()));
    assertTrue(message.contains("element 1 of 4.bias is NaN"), message);
    Map<String, Tensor> numbers = new LinkedHashMap<>(small().params().all());
    numbers.put("4.bias", bad);
    Model broken = small().with(small().params().with(numbers));
    assertThrows(IllegalArgumentException.class, () -> ModelFile.of(broken).toBytes());
  }

  @Test
  void aFileOfOthersSaysWhatIsNeeded() {
    String message = refused(Safetensors.of(small().params().all()));
    assertTrue(message.contains("weights without an architecture: no bagel.format"), message);
    assertTrue(message.contains("name the architecture (--arch"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bagel.format|2|a model file of version '2'",
        "bagel.architecture|Lstm(3)|the unknown layer 'Lstm'",
        "bagel.architecture|Dense(in=-1, out=2)|negative axis length",
        "bagel.architecture|Subsample(stride=-1, channels=1)|stride -1: at least 1",
        "bagel.architecture|Dense(in=2147483647, out=2147483647)|more elements than one array",
        "bagel.architecture|Dense(in=1, out=2000000000)|missing: weight [2000000000, 1]",
        "bagel.example|[2, 5, 5]|takes no input [2, 5, 5]",
        "bagel.example|[3, 4, 4]|takes no input [3, 4, 4]",
        "bagel.example|[]|takes no input []",
        "bagel.example|[2, 0, 4]|an input of shape",
        "bagel.example|[2000000000]|an input of shape",
        "bagel.example|[65536, 65536, 65536, 65536]|an input of shape",
        "bagel.example|[2.5, 4, 4]|an input of shape",
        "bagel.example|2, 4, 4|a list of numbers",
        "bagel.bounds|[1.0, 0.0]|low must be below high",
        "bagel.bounds|[0.0]|1 bounds: two are needed",
        "bagel.bounds|[0.0, NaN]|a list of numbers",
        "bagel.bounds|[0.0,1.0]|a list of numbers",
        "bagel.mean|[0.0]|1 means and 2 standard deviations",
        "bagel.mean|[Infinity, 0.0]|finite",
        "bagel.std|[0.0, 1.0]|positive",
        "bagel.mean|[|a list of numbers"
      })
  void metadataThatMakeNoModelAreRefused(String key, String value, String reason)
      throws FormatException {
    String message = refused(changed(Map.of(), Map.of(key, value)));
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void everyKeyIsNeeded() throws FormatException {
    Safetensors s = changed(Map.of(), Map.of());
    assertEquals(6, s.metadata().size());
    for (String key : s.metadata().keySet()) {
      Map<String, String> m = new LinkedHashMap<>(s.metadata());
      m.remove(key);
      String message = refused(new Safetensors(s.tensors(), m));
      assertTrue(message.contains("no " + key), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Conv2d(in=1, out=1, kernelY=1, kernelX=1, strideY=0, strideX=1, top=0, left=0, bottom=0,"
            + " right=0, dilationY=1, dilationX=1, groups=1, bias=true)",
        "Subsample(stride=1, channels=2147483647)",
        "Subsample(stride=1, channels=0)",
        "Reshape([-1])",
        "Reshape([3, 5])",
        "MaxPool2d(size=0, stride=1, padding=0, ceil=false)",
        "MeanPool2d(size=1, stride=1, padding=9, ceil=false, countPadding=true)",
        "ConvTranspose2d(in=1, out=1, kernel=1, stride=0, padding=0, outputPadding=0)",
        "Dense(in=1, out=1)"
      })
  void networksThatCannotRunAreRefused(String text) throws FormatException {
    Layer net = Architecture.parse(text, "net");
    Map<String, String> metadata =
        new LinkedHashMap<>(changed(Map.of(), Map.of("bagel.architecture", text)).metadata());
    metadata.put("bagel.mean", "[]");
    metadata.put("bagel.std", "[]");
    metadata.put("bagel.example", "[1, 2, 2]");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    net.init(Rng.of(1)).all().forEach(tensors::put);
    assertFalse(refused(new Safetensors(tensors, metadata)).isEmpty());
  }

  @Test
  void layersOfOneselfAreNotWritten() {
    Layer custom =
        new Layer.Custom() {
          @Override
          public Var apply(Pass pass, Var x) {
            return x;
          }
        };
    Model m = Model.init(custom, Shape.of(2), Rng.of(1));
    assertThrows(IllegalArgumentException.class, () -> ModelFile.of(m).toBytes());
  }

  @Test
  @Tag("hostile")
  void damagedFilesAreReadOrRefused() {
    byte[] file = ModelFile.of(small()).withClassNames(List.of("a", "b")).toBytes();
    String[] tokens = {
      "bagel.",
      "Dense(in=1, out=1)",
      "[2, 4, 4]",
      "Infinity",
      "9",
      "0",
      "-",
      "Sequential([",
      "])",
      "groups=0",
      "stride",
      "RELU",
      ", ",
      "Subsample(stride=2, channels=9)",
      "1e38",
      "\\u0000"
    };
    Mutations.of("model file", bytes -> ModelFile.read(bytes, "m"))
        .everyPrefix(file)
        .everyBitFlip(file, 1300) // the header
        .random(new byte[][] {file}, tokens)
        .report();
  }
}
