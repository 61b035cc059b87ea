package dev.bagel.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.MeanPool2d;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Reshape;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.nn.layer.Subsample;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
  private static final long SEED = Long.getLong("tests.seed", 0x5A17);

  static List<Zoo.Entry> zoo() {
    return Zoo.all();
  }

  private static FormatException refused(String text) {
    return assertThrows(FormatException.class, () -> Architecture.parse(text, "net"), text);
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void theZooComesBack(Zoo.Entry entry) throws FormatException {
    assertEquals(entry.net(), Architecture.parse(Architecture.text(entry.net()), "zoo"));
  }

  @Test
  void randomArchitecturesComeBack() throws FormatException {
    Set<Class<?>> seen = new HashSet<>();
    for (long i = 0; i < 2000; i++) {
      Layer net = new RandomLayers(SEED + i).next(5);
      seen.add(net.getClass());
      String text = Architecture.text(net);
      assertEquals(net, Architecture.parse(text, "r"), "repeat with -Dtests.seed=" + (SEED + i));
    }
    assertEquals(Layer.class.getPermittedSubclasses().length - 1, seen.size()); // all but Custom
  }

  @Test
  void everyFieldOfEveryLayerIsOfATypeThatIsRead() {
    Set<Type> known =
        Set.of(int.class, float.class, boolean.class, Layer.class, Integer.class, Float.class);
    for (Class<?> kind : Architecture.records().values()) {
      for (RecordComponent field : kind.getRecordComponents()) {
        Type type = field.getGenericType();
        if (type instanceof ParameterizedType list) {
          assertEquals(List.class, list.getRawType(), field.toString());
          type = list.getActualTypeArguments()[0];
        }
        assertTrue(known.contains(type) || ((Class<?>) type).isEnum(), kind + "." + field);
      }
    }
  }

  @Test
  void theTextIsForPeople() {
    Layer net =
        Layer.sequential(
            Layer.dense(784, 10), Layer.relu(), new Dropout(0.5f), new Reshape(List.of(1, 10)));
    assertEquals(
        "Sequential([Dense(in=784, out=10), RELU, Dropout(0.5), Reshape([1, 10])])",
        Architecture.text(net));
    assertEquals(
        "BatchNorm2d(channels=3, epsilon=1.0E-5, momentum=0.1)",
        Architecture.text(Layer.batchNorm(3)));
  }

  @Test
  void spacesAndTheOrderOfFieldsDoNotMatter() throws FormatException {
    assertEquals(new Dense(3, 4), Architecture.parse("\n Dense ( out =4,\tin= 3 ) ", "net"));
    assertEquals(Layer.sequential(), Architecture.parse("Sequential([ ])", "net"));
  }

  @Test
  void errorsSayWhereAndWhatIsKnown() {
    assertEquals(
        "net: the unknown field 'width' of Dense, at character 12 of the architecture; its fields"
            + " are in, out",
        refused("Dense(in=1, width=2)").getMessage());
    assertEquals(
        "net: Dense without its field 'out', at character 10 of the architecture; its fields are"
            + " in, out",
        refused("Dense(in=1)").getMessage());
    assertEquals(
        "net: a second field 'in' of Dense, at character 12 of the architecture; its fields are in,"
            + " out",
        refused("Dense(in=1, in=2, out=3)").getMessage());
    String unknown = refused("Sequential([Dense(in=1, out=2), Lstm(3)])").getMessage();
    assertTrue(unknown.contains("unknown layer 'Lstm', at character 32"), unknown);
    assertTrue(unknown.contains("BatchNorm2d, Conv2d, "), unknown);
    assertTrue(unknown.contains("SIGMOID, SILU"), unknown);
    String rate = refused("Dropout(1.5)").getMessage();
    assertTrue(rate.contains("dropout rate 1.5: it must be in [0, 1)"), rate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "(",
        "RELU()",
        "relu",
        "Flatten",
        "Flatten(",
        "Flatten(1)",
        "Custom()",
        "Layer",
        "java.lang.Runtime()",
        "Dense(1, 2)",
        "Dense(in=1 out=2)",
        "Dense(in=1, out=2,)",
        "Dense(in=1, out=2))",
        "Dense(in=1.0, out=2)",
        "Dense(in=2147483648, out=2)",
        "Dense(in=0x10, out=2)",
        "Dense(in=, out=2)",
        "Dense(in=--1, out=2)",
        "Dropout(NaN)",
        "Dropout(Infinity)",
        "Dropout(1e99)",
        "Dropout(0x1p-3)",
        "Dropout(0.5f)",
        "Dropout(.5)",
        "Dropout(rate=0.5)",
        "Dropout(true)",
        "Sequential()",
        "Sequential([RELU,])",
        "Sequential([,])",
        "Sequential([RELU RELU])",
        "Sequential([RELU)",
        "Sequential(RELU)",
        "Reshape([1, RELU])",
        "Reshape([1.5])",
        "RELU RELU",
        "RELU, RELU",
        "RELU;",
        "MaxPool2d(size=2, stride=2, padding=0, ceil=yes)",
        "Sequential([RELU])\u0000",
        "РELU"
      })
  void garbageIsRefused(String text) {
    assertEquals(1, refused(text).getMessage().lines().count());
  }

  @Test
  void depthAndLengthHaveLimits() throws FormatException {
    String deep = "Sequential([".repeat(65) + "])".repeat(65);
    assertEquals(deep, Architecture.text(Architecture.parse(deep, "net")));
    assertTrue(refused("Sequential([" + deep + "])").getMessage().contains("at most 64 deep"));
    refused("Sequential([".repeat(80_000));
    Layer deeper = Layer.sequential();
    for (int i = 0; i < 100_000; i++) {
      deeper = Layer.sequential(deeper);
    }
    Layer tooDeep = deeper;
    assertThrows(IllegalArgumentException.class, () -> Architecture.text(tooDeep));
    refused("RELU" + " ".repeat(Architecture.LONGEST));
    Layer tooLong = new Sequential(Collections.nCopies(300_000, Layer.relu()));
    assertThrows(IllegalArgumentException.class, () -> Architecture.text(tooLong));
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    Layer custom =
        new Layer.Custom() {
          @Override
          public Var apply(Pass pass, Var x) {
            return x;
          }
        };
    assertThrows(IllegalArgumentException.class, () -> Architecture.text(Layer.sequential(custom)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Architecture.text(new BatchNorm2d(1, Float.NaN, 0.1f)));
  }

  @Test
  @Tag("hostile")
  void damagedTextIsReadOrRefused() {
    byte[] small =
        bytes(
            Layer.sequential(Layer.conv(1, 2, 3), Layer.relu(), Residual.around(Layer.flatten())));
    byte[][] valid = {
      small, bytes(Zoo.resnet20()), bytes(Zoo.tutorialCnn()), bytes(new RandomLayers(SEED).next(6))
    };
    String[] tokens = {
      "(",
      ")",
      "[",
      "]",
      ",",
      "=",
      " ",
      "RELU",
      "Sequential([",
      "in",
      "1e9",
      "-",
      "NaN",
      "true",
      "99999999999999999999",
      "Flatten()",
      "Residual(body=",
      "\u0000"
    };
    Mutations.of(
            "architecture",
            file -> Architecture.parse(new String(file, StandardCharsets.ISO_8859_1), "net"))
        .everyPrefix(small)
        .everyBitFlip(small)
        .random(valid, tokens)
        .report();
  }

  private static byte[] bytes(Layer net) {
    return Architecture.text(net).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One of each kind of layer. */
  private static final List<Layer> ONE_OF_EACH =
      List.of(
          new Dense(3, 4),
          Layer.conv(4, 6, 3),
          new Conv2d(4, 6, 1, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2, false),
          new ConvTranspose2d(2, 3, 4, 2, 1, 0),
          new BatchNorm2d(3, 1e-5f, 0.1f),
          new LayerNorm(5, 1e-5f),
          new Dropout(0.5f),
          Activation.TANH,
          new MaxPool2d(2, 2, 0, false),
          new MeanPool2d(2, 2, 0, false, false),
          new GlobalMeanPool(),
          Layer.flatten(),
          new Reshape(List.of(2, 3)),
          Layer.sequential(Layer.dense(2, 2), Layer.dense(2, 1)),
          new Residual(Layer.batchNorm(2), Layer.sequential(Layer.dense(2, 1))),
          new Subsample(2, 8));

  @Test
  void shapesOfParametersAreThoseThatInitMakes() {
    Set<Class<?>> kinds = new HashSet<>();
    for (Layer layer : ONE_OF_EACH) {
      kinds.add(layer.getClass());
      assertShapes(layer);
    }
    for (Class<?> kind : Layer.class.getPermittedSubclasses()) {
      assertTrue(kind == Layer.Custom.class || kinds.contains(kind), "add one: " + kind);
    }
    zoo().stream().filter(e -> !e.name().startsWith("wide")).forEach(e -> assertShapes(e.net()));
    assertShapes(Zoo.wideResnet(16, 2, 0.1f));
  }

  private static void assertShapes(Layer layer) {
    Params p = layer.init(Rng.of(1));
    ParameterShapes shapes = ParameterShapes.of(layer);
    assertEquals(shapesOf(p.weights()), shapes.weights(), layer.toString());
    assertEquals(shapesOf(p.buffers()), shapes.buffers(), layer.toString());
    assertEquals(List.copyOf(p.weights().keySet()), List.copyOf(shapes.weights().keySet()));
    assertEquals(p, shapes.params(p.all()));
    StateDict own = new StateDict("its own", p.all());
    assertTrue(Fit.exact(own, layer, shapes, Shape.of(1)).isComplete());
  }

  private static Map<String, Shape> shapesOf(Map<String, Tensor> tensors) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, t) -> shapes.put(name, t.shape()));
    return shapes;
  }

  @Test
  void namesAreThoseOfTheFamily() {
    assertEquals(
        Arrays.stream(Activation.values()).map(Enum::name).collect(Collectors.toSet()),
        Architecture.constants().keySet());
    assertEquals(Layer.class.getPermittedSubclasses().length - 2, Architecture.records().size());
  }
}
