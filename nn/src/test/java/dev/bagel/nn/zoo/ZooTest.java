package dev.bagel.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {
  private static int count(Layer net) {
    return net.init(Rng.of(1)).count();
  }

  private static int buffers(Layer net) {
    return net.init(Rng.of(1)).buffers().values().stream().mapToInt(Tensor::size).sum();
  }

  static List<Zoo.Entry> all() {
    return Zoo.all();
  }

  @Test
  void countsAreThoseOfTheSources() {
    assertEquals(784 * 256 + 256 + 256 * 256 + 256 + 2570, count(Zoo.mlp(784, 256, 256, 10)));
    assertEquals(84_552, count(Zoo.tutorialCnn()));
    assertEquals(93_322, count(Zoo.smoothCnn(Activation.RELU)));
    assertEquals(3_274_634, count(Zoo.madryMnist()));
    assertEquals(166_406, count(Zoo.fastFgsm()));
    assertEquals(269_722, count(Zoo.resnet20()));
    assertEquals(1_376, buffers(Zoo.resnet20()));
    assertEquals(11_173_962, count(Zoo.resnet18()));
    assertEquals(9_600, buffers(Zoo.resnet18()));
  }

  @Test
  void wideResnetsHaveTheCountsOfTheirPaper() { // Zagoruyko and Komodakis 2016, Tables 4 and 5
    assertEquals(36_479_194, count(Zoo.wideResnet(28, 10, 0.3f)));
    assertEquals(2.7e6, count(Zoo.wideResnet(16, 4, 0)), 0.05e6);
    assertEquals(8.9e6, count(Zoo.wideResnet(40, 4, 0)), 0.05e6);
    assertEquals(11.0e6, count(Zoo.wideResnet(16, 8, 0)), 0.05e6);
    assertThrows(IllegalArgumentException.class, () -> Zoo.wideResnet(27, 10, 0));
  }

  @Test
  void sameBatchNormCountsAsWeightsAndBuffers() {
    long scales =
        Zoo.resnet20().init(Rng.of(1)).weights().entrySet().stream()
            .filter(e -> e.getValue().shape().rank() == 1 && !e.getKey().equals("22.bias"))
            .mapToInt(e -> e.getValue().size())
            .sum();
    assertEquals(1_376, scales);
  }

  @Test
  void tutorialCnnHas248Features() {
    Model m = Model.init(Zoo.tutorialCnn(), Shape.of(1, 28, 28), Rng.of(1));
    Pass pass = Pass.evaluate(Pass.vars(m.params(), Var::constant));
    m.logits(pass, Var.constant(Tensor.zeros(Shape.of(1, 1, 28, 28))));
    assertEquals(Shape.of(1, 32, 14, 14), pass.activation("0").shape());
    assertEquals(Shape.of(1, 32, 7, 7), pass.activation("2").shape());
    assertEquals(Shape.of(1, 62, 4, 4), pass.activation("3").shape());
    assertEquals(Shape.of(1, 248), pass.activation("6").shape());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aPermutedBatchHasPermutedLogits(Zoo.Entry entry) {
    // networks that end in a global mean take small images too, in a sixteenth of the time
    Shape example = entry.example().dim(0) == 3 ? Shape.of(3, 8, 8) : entry.example();
    Model model = Model.init(entry.net(), example, Rng.of(2));
    int n = 3;
    Tensor x = Tensor.uniform(Shape.of(n).concat(example), 0, 1, Rng.of(3));
    int[] order = {2, 0, 1};
    Tensor y = model.scores(x);
    assertEquals(Shape.of(n, 10), y.shape());
    assertEquals(-1, y.firstNotFinite());
    assertArrayEquals(
        y.rows(order).toArray(), model.scores(x.rows(order)).toArray(), 1e-4f * largest(y));
    assertTrue(largest(y.rows(0).sub(y.rows(1))) > 0, "the input matters");
  }

  private static float largest(Tensor t) {
    return t.abs().maxTo(Shape.of().concat(t.shape().keep1())).item();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void smoothCnnTakesEveryActivation(Activation a) {
    Model model = Model.init(Zoo.smoothCnn(a), Shape.of(1, 28, 28), Rng.of(1));
    Tensor x = Tensor.uniform(Shape.of(2, 1, 28, 28), 0, 1, Rng.of(2));
    assertEquals(-1, model.scores(x).firstNotFinite());
  }

  @Test
  void madryInitIsTruncatedAndHasBiasesOfATenth() {
    Params p = Zoo.madryInit(Zoo.madryMnist().init(Rng.of(1)), Rng.of(2));
    assertEquals(Zoo.madryMnist().init(Rng.of(1)).weights().keySet(), p.weights().keySet());
    p.weights()
        .forEach(
            (name, t) -> {
              double squares = 0;
              for (int i = 0; i < t.size(); i++) {
                assertTrue(Math.abs(t.get(i)) <= 0.2f);
                squares += t.get(i) * t.get(i);
              }
              if (name.endsWith("bias")) {
                assertEquals(Tensor.full(t.shape(), 0.1f), t);
              } else { // var of N(0, 1) cut at 2: 1 − 4 φ(2) / (2 Φ(2) − 1) = 0.7737
                assertEquals(0.7737 * 0.01, squares / t.size(), 0.0055 / Math.sqrt(t.size()) * 5);
              }
            });
    assertEquals(p, Zoo.madryInit(Zoo.madryMnist().init(Rng.of(9)), Rng.of(2)));
  }

  @Test
  void namesAreUniqueAndFound() {
    for (Zoo.Entry e : Zoo.all()) {
      assertEquals(e, Zoo.named(e.name()).orElseThrow());
    }
    assertEquals(Zoo.all().size(), Zoo.all().stream().map(Zoo.Entry::name).distinct().count());
    assertTrue(Zoo.named("lenet-9000").isEmpty());
  }

  @Test
  void dropoutChangesNoCount() {
    assertEquals(count(Zoo.wideResnet(10, 2, 0)), count(Zoo.wideResnet(10, 2, 0.3f)));
  }
}
