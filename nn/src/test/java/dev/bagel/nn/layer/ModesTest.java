package dev.bagel.nn.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What layers do in training, and what they do not do in evaluation. */
class ModesTest {
  private static Pass train(Layer layer, Map<String, Tensor> numbers, long seed) {
    Params p = layer.init(Rng.of(1)).with(numbers);
    return Pass.train(Pass.vars(p, Var::constant), Var.constant(Fn.key(Rng.of(seed))));
  }

  private static double[] moments(Tensor x, int channel) {
    int c = x.shape().dim(1);
    int plane = x.shape().dim(2) * x.shape().dim(3);
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (int i = 0; i < x.size(); i++) {
      if (i / plane % c == channel) {
        sum += x.get(i);
        squares += (double) x.get(i) * x.get(i);
        n++;
      }
    }
    return new double[] {sum / n, squares / n - sum / n * (sum / n), n};
  }

  @Test
  void batchNormInTrainingUsesAndObservesTheBatch() {
    BatchNorm2d layer = new BatchNorm2d(3, 1e-3f, 0.25f);
    Map<String, Tensor> p = NaiveTest.numbers(layer);
    Tensor x = Tensor.gaussian(Shape.of(4, 3, 2, 5), Rng.of(3)).mul(2).add(1);
    Pass pass = train(layer, p, 0);
    Tensor y = layer.apply(pass, Var.constant(x)).value();
    for (int c = 0; c < 3; c++) {
      double[] m = moments(x, c);
      double gain = p.get("weight").get(c) / Math.sqrt(m[1] + 1e-3);
      for (int i = 0; i < 10; i++) {
        int at = (2 * 3 + c) * 10 + i; // example 2
        assertEquals((x.get(at) - m[0]) * gain + p.get("bias").get(c), y.get(at), 1e-5);
      }
      double mean = 0.75 * p.get("running_mean").get(c) + 0.25 * m[0];
      double variance = 0.75 * p.get("running_var").get(c) + 0.25 * m[1] * m[2] / (m[2] - 1);
      assertEquals(mean, pass.updates().get("running_mean").value().get(c), 1e-5);
      assertEquals(variance, pass.updates().get("running_var").value().get(c), 1e-5);
    }
    assertEquals(Shape.of(3), pass.updates().get("running_var").shape());
  }

  @Test
  void batchNormInEvaluationUsesRunningStatisticsAndUpdatesNothing() {
    BatchNorm2d layer = new BatchNorm2d(3, 1e-3f, 0.25f);
    Map<String, Tensor> p = NaiveTest.numbers(layer);
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 2, 2), Rng.of(3));
    Pass pass = Pass.evaluate(Pass.vars(layer.init(Rng.of(1)).with(p), Var::constant));
    Tensor y = layer.apply(pass, Var.constant(x)).value();
    for (int i = 0; i < x.size(); i++) {
      int c = i / 4 % 3;
      double z =
          (x.get(i) - p.get("running_mean").get(c)) / Math.sqrt(p.get("running_var").get(c) + 1e-3);
      assertEquals(z * p.get("weight").get(c) + p.get("bias").get(c), y.get(i), 1e-5);
    }
    assertTrue(pass.updates().isEmpty());
  }

  @Test
  void batchNormOfASingleNumberPerChannelIsItsShift() { // PyTorch refuses; here variance is 0
    BatchNorm2d layer = new BatchNorm2d(2, 1e-5f, 0.1f);
    Pass pass = train(layer, NaiveTest.numbers(layer), 0);
    Tensor y = layer.apply(pass, Var.constant(Tensor.full(Shape.of(1, 2, 1, 1), 7))).value();
    // x·factor + (shift − mean·factor) with a factor near 1/√ε = 316: 7 · 316 rounds by 1e-4
    assertEquals(NaiveTest.numbers(layer).get("bias").get(1), y.get(1), 5e-4);
    assertEquals(-1, pass.updates().get("running_var").value().firstNotFinite());
  }

  @Test
  void gradientsFlowThroughTheStatisticsButNotIntoTheRunningOnes() {
    BatchNorm2d layer = new BatchNorm2d(2, 1e-5f, 0.1f);
    Pass pass = train(layer, NaiveTest.numbers(layer), 0);
    Var x = Var.leaf(Tensor.gaussian(Shape.of(3, 2, 2, 2), Rng.of(4)));
    Var y = layer.apply(pass, x);
    Tensor g = Grad.of(y.sum(), x).get(0).value(); // the mean is removed: the sum cannot change
    for (int i = 0; i < g.size(); i++) {
      assertEquals(0, g.get(i), 1e-5);
    }
    assertEquals(
        Tensor.zeros(x.shape()),
        Grad.of(pass.updates().get("running_var").sum(), x).get(0).value());
  }

  @Test
  void dropoutKeepsTheMeanAndDropsItsRate() {
    Tensor x = Tensor.full(Shape.of(100, 1000), 1);
    Tensor y =
        new Dropout(0.3f).apply(train(new Dropout(0.3f), Map.of(), 7), Var.constant(x)).value();
    int dropped = 0;
    for (int i = 0; i < y.size(); i++) {
      dropped += y.get(i) == 0 ? 1 : 0;
      assertTrue(y.get(i) == 0 || Math.abs(y.get(i) - 1 / 0.7) < 1e-6);
    }
    assertEquals(0.3, dropped / 1e5, 5 * Math.sqrt(0.21 / 1e5)); // five deviations
  }

  @Test
  void dropoutIsTheIdentityInEvaluationAndAtRateZero() {
    Tensor x = Tensor.gaussian(Shape.of(3, 4), Rng.of(1));
    assertEquals(x, NaiveTest.evaluate(new Dropout(0.9f), Map.of(), x));
    Pass pass = train(new Dropout(0), Map.of(), 7);
    assertEquals(x, new Dropout(0).apply(pass, Var.constant(x)).value());
    assertThrows(IllegalArgumentException.class, () -> new Dropout(1));
    assertThrows(IllegalArgumentException.class, () -> new Dropout(Float.NaN));
  }

  @Test
  void dropoutDiffersByKeyAndByPlaceAndByNothingElse() {
    Layer net = Layer.sequential(new Dropout(0.5f), new Dropout(0.5f));
    Var x = Var.constant(Tensor.full(Shape.of(4, 50), 1));
    Pass one = train(net, Map.of(), 1);
    Tensor y = net.apply(one, x).value();
    assertEquals(y, net.apply(train(net, Map.of(), 1), x).value());
    assertNotEquals(y, net.apply(train(net, Map.of(), 2), x).value());
    Tensor first = one.activation("0").value();
    assertNotEquals(first.mul(2), y, "the second one drops other places");
  }

  @Test
  void evaluationHasNoRandomness() {
    Pass pass = Pass.evaluate(Map.of());
    assertThrows(IllegalStateException.class, pass::key);
  }

  @Test
  void activationsAreSeenByName() {
    Layer net = Layer.sequential(Layer.relu(), Residual.around(Layer.sequential(Layer.relu())));
    Pass pass = Pass.evaluate(Map.of());
    Var x = Var.constant(Tensor.of(Shape.of(1, 2), -1, 2));
    net.apply(pass, x);
    assertEquals(Tensor.of(Shape.of(1, 2), 0, 2), pass.activation("0").value());
    assertEquals(Tensor.of(Shape.of(1, 2), 0, 4), pass.activation("1").value());
    assertEquals(Tensor.of(Shape.of(1, 2), 0, 2), pass.activation("1.body.0").value());
    assertThrows(NoSuchElementException.class, () -> pass.activation("2"));
    assertThrows(NoSuchElementException.class, () -> pass.param("weight"));
  }
}
