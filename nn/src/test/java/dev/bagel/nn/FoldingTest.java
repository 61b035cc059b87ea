package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldingTest {
  private static final Layer NORM = Layer.batchNorm(4);
  private static final Shape SMALL = Shape.of(4, 4, 4);

  /** Statistics, scales, shifts and biases as after training; some scales are negative. */
  static Model trained(Layer net, Shape example) {
    Params p = net.init(Rng.of(1));
    Map<String, Tensor> numbers = new LinkedHashMap<>(p.all());
    p.all()
        .forEach(
            (name, t) -> {
              if (t.shape().rank() == 1) {
                boolean variance = name.endsWith("running_var");
                Rng rng = Rng.of(2).at(name);
                numbers.put(name, Tensor.uniform(t.shape(), variance ? 0.2f : -0.4f, 1.5f, rng));
              }
            });
    return Model.of(net, p.with(numbers), example);
  }

  private static Model small(Layer... layers) {
    return trained(Layer.sequential(layers), SMALL);
  }

  static Tensor inputs(Model m, int n) {
    return Tensor.uniform(Shape.of(n).concat(m.example()), 0, 1, Rng.of(3));
  }

  static void assertClose(Tensor expected, Tensor actual, double relative, String what) {
    assertEquals(expected.shape(), actual.shape(), what);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      assertTrue(Float.isFinite(expected.get(i)), what);
      largest = Math.max(largest, Math.abs(expected.get(i)));
      worst = Math.max(worst, Math.abs(expected.get(i) - actual.get(i)));
    }
    assertTrue(worst <= relative * largest, what + ": " + worst + " of " + largest);
  }

  static int norms(Layer net) {
    return net.toString().split("BatchNorm2d", -1).length - 1;
  }

  /** The zoo, with a fifth of the width where that is 36 million weights. */
  static List<Zoo.Entry> zoo() {
    return Zoo.all().stream()
        .map(
            e ->
                e.name().equals("wide-resnet-28-10")
                    ? new Zoo.Entry(e.name(), Zoo.wideResnet(28, 2, 0.3f), e.example(), e.what())
                    : e)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void theNetsOfTheZooKeepTheirLogitsAndGradients(Zoo.Entry entry) {
    // networks that end in a global mean take small images too, in a sixteenth of the time
    Shape example = entry.example().dim(0) == 3 ? Shape.of(3, 8, 8) : entry.example();
    Model m = trained(entry.net(), example);
    Model f = m.folded();
    Tensor x = inputs(m, 2);
    assertClose(m.scores(x), f.scores(x), 1e-4, entry.name() + " scores");
    // a relu near its kink may round to its other side: more than rounding, but of one in thousands
    assertClose(m.gradients(x, 1, 2), f.gradients(x, 1, 2), 1e-3, entry.name() + " gradients");
    assertSame(f, f.folded());
    if (norms(m.net()) == 0) {
      assertSame(m, f);
    }
  }

  @Test
  void residualNetsLoseEveryNormAndPreActivationNetsThoseAfterConvolutions() {
    Model resnet = trained(Zoo.resnet20(), Shape.of(3, 32, 32)).folded();
    assertEquals(0, norms(resnet.net()));
    assertEquals(269_722 - 1_376 + 688, resnet.params().count());
    assertTrue(resnet.params().buffers().isEmpty());
    // depth 10: one norm of each block is behind a convolution, and that of the first is too
    Model wide = trained(Zoo.wideResnet(10, 1, 0.3f), Shape.of(3, 32, 32));
    assertEquals(7, norms(wide.net()));
    assertEquals(7 - 3, norms(wide.folded().net()));
  }

  @Test
  void everyOtherNameAndActivationStays() {
    Model m = trained(Zoo.resnet20(), Shape.of(3, 8, 8));
    Model f = m.folded();
    Set<String> born = new HashSet<>(f.params().weights().keySet());
    born.removeAll(m.params().weights().keySet());
    assertTrue(born.contains("0.bias") && born.contains("3.body.0.bias") && born.size() == 19);
    assertSame(m.params().weights().get("22.bias"), f.params().weights().get("22.bias"));
    Map<String, Var> before = activations(m);
    Map<String, Var> after = activations(f);
    assertEquals(before.keySet(), after.keySet());
    before.forEach(
        (name, y) -> {
          if (!born.contains(name + ".bias")) {
            assertClose(y.value(), after.get(name).value(), 1e-4, name);
          }
        });
    assertClose(before.get("1").value(), after.get("0").value(), 1e-4, "the folded convolution");
  }

  private static Map<String, Var> activations(Model m) {
    Pass pass = Pass.evaluate(Pass.vars(m.params(), Var::constant));
    m.logits(pass, Var.constant(inputs(m, 2)));
    return pass.activations();
  }

  @Test
  void theNumbersAreThoseOfTheFormula() {
    Conv2d conv = Layer.conv(1, 2, 1);
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    numbers.put("0.weight", Tensor.of(Shape.of(2, 1, 1, 1), 3, -5));
    numbers.put("0.bias", Tensor.of(Shape.of(2), 1, 2));
    numbers.put("1.weight", Tensor.of(Shape.of(2), 4, 6));
    numbers.put("1.bias", Tensor.of(Shape.of(2), 0.5f, 0.25f));
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    buffers.put("1.running_mean", Tensor.of(Shape.of(2), 3, -1));
    buffers.put("1.running_var", Tensor.of(Shape.of(2), 3, 8));
    Layer net = Layer.sequential(conv, new BatchNorm2d(2, 1, 0.1f)); // √(3 + 1) = 2, √(8 + 1) = 3
    Model f = Model.of(net, new Params(numbers, buffers), Shape.of(1, 2, 2)).folded();
    assertEquals(Layer.sequential(conv, Layer.sequential()), f.net());
    Map<String, Tensor> expected =
        Map.of(
            "0.weight", Tensor.of(Shape.of(2, 1, 1, 1), 6, -10),
            "0.bias", Tensor.of(Shape.of(2), -3.5f, 6.25f));
    assertEquals(new Params(expected, Map.of()), f.params());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomNetsKeepTheirLogitsAndFoldOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int folded = 0;
    for (int i = 0; i < 30; i++) {
      Layer net = random(random, 3, 5);
      Model m = trained(net, SMALL);
      Model f = m.folded();
      Tensor x = inputs(m, 2);
      assertClose(m.scores(x), f.scores(x), 1e-4, "seed " + seed + ": " + net);
      assertSame(f, f.folded());
      assertEquals(norms(net) == norms(f.net()), m == f);
      assertEquals(f.net().init(Rng.of(1)).all().keySet(), f.params().all().keySet());
      folded += norms(net) - norms(f.net());
    }
    assertTrue(folded > 10, folded + " norms were folded");
  }

  /** [N, 4, 4, 4] → [N, 4, 4, 4]. */
  private static Layer random(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 9)) {
      case 0, 1 -> NORM;
      case 2 -> Layer.conv(4, 4, 3, 1, 1).withoutBias();
      case 3 -> new Conv2d(4, 4, 3, 1, 1, 1, 2, 0, 0, 0, 1, 1, 2, random.nextBoolean());
      case 4 -> new ConvTranspose2d(4, 4, 3, 1, 1, 0);
      case 5 -> random.nextBoolean() ? Layer.relu() : Layer.sequential();
      case 6 -> new Residual(random(random, depth - 1), random(random, depth - 1));
      default -> random(random, depth - 1, random.nextInt(4));
    };
  }

  private static Layer random(SplittableRandom random, int depth, int length) {
    return new Sequential(Stream.generate(() -> random(random, depth)).limit(length).toList());
  }

  @Test
  void aConvolutionThatOthersReadIsLeftAlone() {
    Layer conv = Layer.conv(4, 4, 1);
    assertSameFolded(small(conv, Residual.around(NORM)));
    assertSameFolded(small(conv, new Residual(Layer.sequential(), NORM)));
    assertSameFolded(small(NORM, conv));
    assertSameFolded(small(Layer.conv(4, 1, 1), NORM)); // one channel, broadcast to four
  }

  private static void assertSameFolded(Model m) {
    assertSame(m, m.folded());
  }

  @Test
  void aNormWhoseFoldedNumbersAreNoFloatsStays() {
    for (float variance : new float[] {-1, 0, Float.MIN_VALUE}) {
      Layer net = Layer.sequential(Layer.conv(4, 4, 1), new BatchNorm2d(4, 0, 0.1f));
      Model m = trained(net, SMALL);
      Map<String, Tensor> numbers = new LinkedHashMap<>(m.params().all());
      numbers.put("1.running_var", Tensor.full(Shape.of(4), variance));
      numbers.put("1.weight", Tensor.full(Shape.of(4), 1e30f));
      assertSameFolded(m.with(m.params().with(numbers)));
    }
  }

  @Test
  void aFoldedModelIsOneLikeAnyOther() throws FormatException {
    Model m =
        small(Layer.conv(4, 4, 3, 1, 1).withoutBias(), NORM, Layer.relu(), Layer.flatten())
            .with(new Bounds(-1, 2))
            .with(new Preprocessing(List.of(0.5f), List.of(0.25f)));
    Model f = m.folded();
    assertNotSame(m, f);
    assertNotSame(m.plans(), f.plans());
    assertEquals(m.bounds(), f.bounds());
    assertEquals(m.preprocessing(), f.preprocessing());
    assertEquals(m.params().count() - 4, f.params().count());
    Model back = ModelFile.read(ModelFile.of(f).toBytes(), "folded").model();
    assertEquals(f.net(), back.net());
    assertEquals(f.params(), back.params());
    assertEquals(List.copyOf(f.params().all().keySet()), List.copyOf(back.params().all().keySet()));
    assertArrayEquals(f.scores(inputs(m, 3)).toArray(), back.scores(inputs(m, 3)).toArray());
    assertSame(back, back.folded());
  }

  @Test
  void inTrainingThereIsNoNormLeft() {
    Model m = small(Layer.conv(4, 4, 3, 1, 1), NORM);
    Pass original = train(m);
    Pass folded = train(m.folded());
    assertFalse(original.updates().isEmpty());
    assertTrue(folded.updates().isEmpty());
    Tensor ofBatch = original.activation("1").value();
    assertNotEquals(ofBatch, folded.activation("1").value());
    assertClose(m.scores(inputs(m, 2)), folded.activation("1").value(), 1e-4, "as in evaluation");
  }

  private static Pass train(Model m) {
    Var key = Var.constant(Fn.key(Rng.of(1)));
    Pass pass = Pass.train(Pass.vars(m.params(), Var::constant), key);
    m.logits(pass, Var.constant(inputs(m, 2)));
    return pass;
  }

  @Test
  void numbersThatDoNotFitAreNamed() {
    Layer net = Layer.sequential(Layer.conv(4, 4, 1), NORM);
    Map<String, Tensor> weights = new LinkedHashMap<>(net.init(Rng.of(1)).weights());
    weights.put("1.bias", Tensor.zeros(Shape.of(3)));
    for (Params wrong : List.of(Params.NONE, new Params(weights, Map.of()))) {
      Model m = Model.of(net, wrong, SMALL);
      String message = assertThrows(ShapeException.class, m::folded).getMessage();
      assertTrue(message.contains(wrong.equals(Params.NONE) ? "0.weight" : "1.bias"), message);
    }
  }
}
