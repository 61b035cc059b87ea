package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Residual;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned, batched inference against eager inference of everything at once. */
class InferenceTest {
  private static final Shape EXAMPLE = Shape.of(2, 6, 6);
  private static final Model MODEL =
      Model.init(
              Layer.sequential(
                  Layer.conv(2, 4, 3, 1, 1).withoutBias(),
                  Layer.batchNorm(4),
                  Layer.relu(),
                  Residual.around(Layer.sequential(Layer.conv(4, 4, 3, 1, 1), Activation.SILU)),
                  Layer.maxPool(2),
                  Layer.conv(4, 8, 3),
                  Layer.relu(),
                  new GlobalMeanPool(),
                  Layer.dense(8, 5)),
              EXAMPLE,
              Rng.of(1))
          .with(new Preprocessing(List.of(0.4f, 0.5f), List.of(0.3f, 0.2f)));

  private static Tensor inputs(int n) {
    return Tensor.uniform(Shape.of(n).concat(EXAMPLE), 0, 1, Rng.of(7));
  }

  private static int[] labels(int n) {
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = Rng.of(8).below(i, 5);
    }
    return y;
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    float largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    assertArrayEquals(expected.toArray(), actual.toArray(), 1e-5f * largest + 1e-30f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 127, 128, 129, 300})
  void scoresAreTheLogitsWhateverTheNumberOfInputs(int n) {
    assertClose(MODEL.logits(Var.constant(inputs(n))).value(), MODEL.scores(inputs(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 127, 128, 129, 300})
  void gradientsAreThoseOfTheEagerLoss(int n) {
    Tensor eager =
        Grad.at(x -> Loss.crossEntropy(MODEL.logits(x), labels(n)).sum(), inputs(n)).grad();
    assertClose(eager, MODEL.gradients(inputs(n), labels(n)));
  }

  @Test
  void noInputsHaveNoScores() {
    assertEquals(Tensor.zeros(Shape.of(0, 5)), MODEL.scores(inputs(0)));
    assertArrayEquals(new int[0], MODEL.predict(inputs(0)));
    assertEquals(inputs(0), MODEL.gradients(inputs(0)));
  }

  @Test
  void theSameBitsComeEveryTime() {
    Tensor x = inputs(130);
    assertEquals(MODEL.scores(x), MODEL.scores(x));
    assertEquals(MODEL.scores(x), MODEL.with(MODEL.params()).scores(x));
  }

  @Test
  void eightThreadsOnOneModelGetTheBitsOfOne() throws Exception {
    Model shared = MODEL.with(MODEL.params());
    List<Integer> sizes = List.of(1, 5, 128, 140);
    List<Tensor> scores = sizes.stream().map(n -> MODEL.scores(inputs(n))).toList();
    List<Tensor> gradients =
        sizes.stream().map(n -> MODEL.gradients(inputs(n), labels(n))).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int first = t;
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 3 * sizes.size(); i++) {
                    int which = (first + i) % sizes.size();
                    int n = sizes.get(which);
                    assertEquals(scores.get(which), shared.scores(inputs(n)));
                    assertEquals(gradients.get(which), shared.gradients(inputs(n), labels(n)));
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void labelsAreChecked() {
    assertThrows(ShapeException.class, () -> MODEL.gradients(inputs(2), 0));
    assertThrows(ShapeException.class, () -> MODEL.gradients(Tensor.scalar(1)));
    assertThrows(IllegalArgumentException.class, () -> MODEL.gradients(inputs(2), 0, 5));
    assertThrows(IllegalArgumentException.class, () -> MODEL.gradients(inputs(2), -1, 0));
  }

  @Test
  void aFailedUseIsForgotten() {
    Model m = MODEL.with(MODEL.params());
    assertThrows(IllegalArgumentException.class, () -> m.gradients(inputs(2), 0, 9));
    assertEquals(MODEL.gradients(inputs(2), 0, 1), m.gradients(inputs(2), 0, 1));
  }

  @Test
  void anInputsOwnGradientDependsOnItAlone() {
    Tensor all = MODEL.gradients(inputs(9), labels(9));
    for (int i = 0; i < 9; i++) {
      Tensor one = MODEL.gradients(inputs(9).slice(i, i + 1), labels(9)[i]);
      assertClose(all.slice(i, i + 1), one);
    }
  }

  @Test
  void anyFunctionIsAClassifier() {
    Classifier f = Classifier.of(x -> x.mul(2), Bounds.UNIT);
    Tensor x = Tensor.gaussian(Shape.of(200, 3), Rng.of(1));
    assertEquals(x.mul(2), f.scores(x));
    assertArrayEquals(x.argmax(), f.predict(x));
    assertEquals(200, Arrays.stream(f.predict(x)).filter(k -> k >= 0 && k < 3).count());
  }
}
