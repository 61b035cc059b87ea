package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MeanPool2d;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Residual;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file's graph is a model like any other. */
@ExtendWith(Seeded.class)
class OnnxTest {
  /** The layers of {@link Nets#convolutional}, and where the file has their numbers. */
  private static final Layer LAYERS =
      Layer.sequential(
          Layer.conv(3, 4, 3, 1, 1),
          new BatchNorm2d(4, 1e-3f, 0.1f),
          Layer.relu(),
          new Residual(Layer.conv(4, 4, 3, 1, 1).withoutBias(), Layer.sequential()),
          Layer.maxPool(2),
          new MeanPool2d(2, 2, 0, false, false),
          Layer.flatten(),
          Layer.dense(16, 4));

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("0.weight", "c1"),
          Map.entry("0.bias", "b1"),
          Map.entry("1.weight", "gain"),
          Map.entry("1.bias", "shift"),
          Map.entry("1.running_mean", "mean"),
          Map.entry("1.running_var", "var"),
          Map.entry("3.body.weight", "c2"),
          Map.entry("7.weight", "w"),
          Map.entry("7.bias", "b"));

  private static Model layers(Model imported) {
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    NAMES.forEach((ours, file) -> numbers.put(ours, imported.params().all().get(file)));
    Params params = LAYERS.init(Rng.of(0)).with(numbers);
    return Model.of(LAYERS, params, imported.example());
  }

  private static Tensor inputs(Model model, int n, Rng rng) {
    return Tensor.gaussian(Shape.of(n).concat(model.example()), rng.at("inputs"));
  }

  @Test
  void weightsAreLearnedAndStatisticsAreObserved(Rng rng) throws IOException {
    Params params = Nets.convolutional(rng).read().params();
    assertEquals(Set.of("c1", "b1", "gain", "shift", "c2", "w", "b"), params.weights().keySet());
    assertEquals(Set.of("mean", "var"), params.buffers().keySet());
    Params ofTransformer = Nets.transformer(rng, true).read().params();
    assertEquals(
        Set.of("patch", "token", "positions", "gain", "shift", "qkv", "head"),
        ofTransformer.weights().keySet());
  }

  @Test
  void weightsMayBeConstantsOfNodes(Rng rng) throws IOException {
    Tensor w = Tensor.gaussian(Shape.of(40, 3), rng);
    Written f = Written.file(13).input("x", 1, 40);
    f.node("Constant", " -> w", "value", Written.floats("", w));
    f.node("Constant", " -> b", "value_floats", new float[] {1, 2, 3});
    Model model = f.node("Gemm", "x, w, b -> y").output("y").read();
    assertEquals(Map.of("w", w, "b", Tensor.of(Shape.of(3), 1, 2, 3)), model.params().weights());
  }

  @Test
  void whatAnOperatorHasToKnowIsNoWeight(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 1, 4);
    f.tensor("mean", Tensor.gaussian(Shape.of(4), rng)).tensor("top", Tensor.scalar(6));
    f.tensor("w", Tensor.gaussian(Shape.of(4, 2), rng)).tensor("half", Tensor.scalar(0.5f));
    f.node("Sub", "x, mean -> a").node("Clip", "a, , top -> c").node("Mul", "c, half -> d");
    f.node("Identity", "w -> v").node("MatMul", "d, v -> y").output("y");
    assertEquals(Set.of("w"), f.read().params().all().keySet());
  }

  @Test
  void scoresAndGradientsAreThoseOfTheSameLayers(Rng rng) throws IOException {
    Model imported = Nets.convolutional(rng).read();
    Model layers = layers(imported);
    Tensor x = inputs(imported, 5, rng);
    assertArrayEquals(layers.scores(x).toArray(), imported.scores(x).toArray(), 1e-5f);
    assertArrayEquals(
        layers.gradients(x, 0, 1, 2, 3, 0).toArray(),
        imported.gradients(x, 0, 1, 2, 3, 0).toArray(),
        1e-5f);
    Tensor eager = imported.logits(Var.constant(x)).value();
    assertArrayEquals(eager.toArray(), imported.scores(x).toArray(), 1e-5f);
  }

  /** One conv with its bias, its normalisation and its activation is one step. */
  @Test
  void thePlanIsThatOfTheSameLayers(Rng rng) throws IOException {
    Model imported = Nets.convolutional(rng).read();
    assertEquals(steps(layers(imported)), steps(imported));
  }

  /** What each step computes, without where it reads. */
  private static List<String> steps(Model m) {
    return plan(m).lines().map(line -> line.replaceAll("←.*", "")).toList();
  }

  private static String plan(Model m) {
    Cell x = Cell.of("x", Shape.of(2).concat(m.example()));
    return Plan.of(m.logits(x.var())).toString();
  }

  @Test
  void trainingObservesWhatTheSameLayersObserve(Rng rng) throws IOException {
    Model imported = Nets.convolutional(rng).read();
    Model layers = layers(imported);
    Tensor x = inputs(imported, 4, rng);
    Var key = Var.constant(Fn.key(rng));
    Pass ours = Pass.train(Pass.vars(layers.params(), Var::constant), key);
    Pass file = Pass.train(Pass.vars(imported.params(), Var::constant), key);
    LAYERS.apply(ours, Var.constant(x));
    imported.net().apply(file, Var.constant(x));
    for (String name : Set.of("1.running_mean", "1.running_var")) {
      assertArrayEquals(
          ours.updates().get(name).value().toArray(),
          file.updates().get(NAMES.get(name)).value().toArray(),
          1e-6f);
    }
    assertFalse(file.activation("d").value().equals(file.activation("a").value())); // dropped
  }

  /** A file is trained further like any network, and all its numbers move. */
  @Test
  void anImportedNetworkLearns(Rng rng) throws IOException {
    Dataset train = FashionMnist.embedded(Split.TRAIN).slice(0, 200);
    Written f = Written.file(13).input("x", 1, 1, 28, 28).numbers("flat", 1, -1);
    f.tensor("c", Tensor.gaussian(Shape.of(4, 1, 5, 5), rng.at("c")).mul(0.2f));
    f.tensor("one", Tensor.full(Shape.of(4), 1)).tensor("zero", Tensor.zeros(Shape.of(4)));
    f.tensor("mean", Tensor.zeros(Shape.of(4))).tensor("var", Tensor.full(Shape.of(4), 1));
    f.tensor("w", Tensor.gaussian(Shape.of(576, 10), rng.at("w")).mul(0.05f));
    f.node("Conv", "x, c -> h", "strides", new long[] {2, 2});
    f.node("BatchNormalization", "h, one, zero, mean, var -> n").node("Relu", "n -> r");
    f.node("Reshape", "r, flat -> l").node("MatMul", "l, w -> y").output("y");
    Model before = f.read();
    Trainer trainer =
        Trainer.of(Objective.crossEntropy(), Optimizer.adam(3e-3)).epochs(4).batch(50).seed(5);
    Trainer.Fit fit = trainer.fit(before, train);
    assertTrue(fit.history().get(3).loss() < 0.6 * fit.history().get(0).loss());
    before
        .params()
        .all()
        .forEach((name, t) -> assertNotEquals(t, fit.model().params().all().get(name), name));
  }

  @Test
  void whatOperatorsPutOutHasTheNamesOfTheFile(Rng rng) throws IOException {
    Model model = Nets.convolutional(rng).read();
    Pass pass = Pass.evaluate(Pass.vars(model.params(), Var::constant));
    model.logits(pass, Var.constant(inputs(model, 2, rng)));
    assertEquals(Shape.of(2, 4, 8, 8), pass.activation("r").shape());
    assertEquals(
        List.of("h1", "n", "r", "h2", "s", "p", "a", "d", "l", "y"),
        List.copyOf(pass.activations().keySet()));
  }

  @Test
  void foldingLeavesAnImportedNetworkAlone(Rng rng) throws IOException {
    Model model = Nets.convolutional(rng).read();
    assertSame(model, model.folded());
  }

  // ---- inputs and outputs ---------------------------------------------------------------------

  @Test
  void scoresAreWhatComesBeforeASoftmax(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 1, 4).tensor("w", Tensor.gaussian(Shape.of(4, 3), rng));
    f.node("MatMul", "x, w -> z").node("Softmax", "z -> y").output("y");
    Model scores = f.read();
    Model probabilities = Onnx.read(f.bytes(), "file", Reading.PLAIN.output("y"));
    Tensor x = inputs(scores, 3, rng);
    assertArrayEquals(
        Fn.softmax(Var.constant(scores.scores(x))).value().toArray(),
        probabilities.scores(x).toArray(),
        1e-6f);
  }

  /** Two channels, and a last axis that might be colours: ONNX says what a convolution reads. */
  @Test
  void whatAConvolutionReadsHasItsChannelsFirst(Rng rng) throws IOException {
    Tensor w = Tensor.gaussian(Shape.of(3, 2, 2, 2), rng.at("w"));
    Written file = Written.file(13).input("x", 1, 2, 5, 4).tensor("w", w);
    file.node("Conv", "x, w -> c").node("GlobalAveragePool", "c -> p");
    assertEquals(Shape.of(2, 5, 4), file.node("Flatten", "p -> y").output("y").read().example());
  }

  /** TensorFlow's images end with the channels; the model's begin with them. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void imagesAreFedAsTheFileWantsThem(Layout layout, Rng rng) throws IOException {
    Tensor w = Tensor.gaussian(Shape.of(2, 3, 2, 2), rng.at("w"));
    Written first = Written.file(13).input("x", 1, 3, 5, 4).tensor("w", w);
    first.node("Conv", "x, w -> c").node("GlobalAveragePool", "c -> p");
    Model plain = first.node("Flatten", "p -> y").output("y").read();
    Written last = Written.file(13).input("x", 1, 5, 4, 3).tensor("w", w);
    last.node("Transpose", "x -> t", "perm", new long[] {0, 3, 1, 2});
    last.node("Conv", "t, w -> c").node("GlobalAveragePool", "c -> p");
    byte[] file = last.node("Flatten", "p -> y").output("y").bytes();
    Reading how = layout == Layout.CHANNELS_LAST ? Reading.PLAIN.with(layout) : Reading.PLAIN;
    Model model = Onnx.read(file, "file", how);
    assertEquals(Shape.of(3, 5, 4), model.example());
    Tensor x = inputs(model, 3, rng);
    assertEquals(plain.scores(x), model.scores(x));
    assertFalse(plan(model).contains("permute"), plan(model)); // two orders that cancel
    assertEquals(
        Shape.of(5, 4, 3),
        Onnx.read(file, "file", Reading.PLAIN.with(Layout.CHANNELS_FIRST)).example());
  }

  /** What treats the input as an image decides; without it, axes that can only be colours do. */
  @Test
  void theLayoutIsFoundOut(Rng rng) throws IOException {
    Written conv = Written.file(13).input("x", 1, 16, 9, 3);
    conv.tensor("w", Tensor.gaussian(Shape.of(2, 16, 1, 1), rng.at("w")));
    conv.tensor("half", Tensor.scalar(0.5f)).node("Mul", "x, half -> h");
    conv.node("Conv", "h, w -> c").node("Flatten", "c -> y").output("y");
    assertEquals(Shape.of(16, 9, 3), conv.read().example());
    for (long[] dims : new long[][] {{1, 9, 8, 3}, {1, 3, 9, 8}, {1, 16, 4, 4}, {1, 16, 1, 3}}) {
      Written flat = Written.file(13).input("x", dims).node("Flatten", "x -> y").output("y");
      Shape file = Shape.of((int) dims[1], (int) dims[2], (int) dims[3]);
      Shape expected = dims[3] == 3 && dims[2] > 4 ? Shape.of(3, 9, 8) : file;
      assertEquals(expected, flat.read().example());
    }
  }

  @Test
  void anExampleMayHaveAnotherShapeOfTheSameSize(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 1, 12, 1);
    f.tensor("w", Tensor.gaussian(Shape.of(12, 2), rng)).node("Flatten", "x -> l");
    byte[] file = f.node("MatMul", "l, w -> y").output("y").bytes();
    Model list = Onnx.read(file, "file", Reading.PLAIN);
    Model image = Onnx.read(file, "file", Reading.PLAIN.with(Shape.of(3, 2, 2)));
    Tensor x = inputs(image, 2, rng);
    assertEquals(Shape.of(12), list.example());
    assertEquals(image.scores(x), list.scores(x)); // a list takes any shape
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> Onnx.read(file, "file", Reading.PLAIN.with(Shape.of(3, 2, 3))));
    assertTrue(e.getMessage().contains("[3, 2, 3]"), e.getMessage());
  }

  @Test
  void openLengthsHaveToBeGiven(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", -1, 3, -1, -1);
    f.tensor("w", Tensor.gaussian(Shape.of(2, 3, 1, 1), rng)).node("Conv", "x, w -> c");
    byte[] file = f.node("GlobalMaxPool", "c -> p").node("Flatten", "p -> y").output("y").bytes();
    FormatException e =
        assertThrows(FormatException.class, () -> Onnx.read(file, "file", Reading.PLAIN));
    assertTrue(e.getMessage().contains("[?, 3, ?, ?]"), e.getMessage());
    assertEquals(
        Shape.of(3, 8, 6),
        Onnx.read(file, "file", Reading.PLAIN.with(Shape.of(3, 8, 6))).example());
    assertThrows(
        FormatException.class,
        () -> Onnx.read(file, "file", Reading.PLAIN.with(Shape.of(4, 8, 6))));
  }

  @Test
  void unknownOperatorsAreNamedAllAtOnce() {
    Written f = Written.file(13).input("x", 1, 4).node("LSTM", "x -> a").node("Relu", "a -> b");
    f.node("LSTM", "b -> c").node("NonMaxSuppression", "c -> y").node("Loop", "x -> dead");
    FormatException e = assertThrows(FormatException.class, () -> f.output("y").read());
    for (String part : List.of("LSTM_0 (LSTM) and 1 more", "NonMaxSuppression_3", "written")) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertFalse(e.getMessage().contains("Relu") || e.getMessage().contains("Loop"), e.getMessage());
  }

  @Test
  void aNodeThatCannotBeComputedIsNamed() {
    Written f = Written.file(13).input("x", 1, 4).tensor("w", Tensor.zeros(Shape.of(5, 2)));
    FormatException e =
        assertThrows(FormatException.class, () -> f.node("MatMul", "x, w -> y").output("y").read());
    assertTrue(e.getMessage().contains("MatMul_0"), e.getMessage());
    assertTrue(e.getMessage().contains("4 and 5"), e.getMessage());
  }
}
