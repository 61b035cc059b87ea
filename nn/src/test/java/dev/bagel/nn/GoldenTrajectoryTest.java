package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * Ten losses of ten training steps: the test of the whole stack, from pixels to optimizer.
 *
 * <p>The net is conv(1→4, 5×5, stride 2) · relu · max pool 2 · dense(144→10), trained with momentum
 * on the first 80 training images of Fashion-MNIST, 8 at a time, in their order. The weights of the
 * start are {@code 0.2 · sin(1 + 0.7·i)} (filters) and {@code 0.1 · cos(2 + 0.3·i)} (matrix),
 * biases 0. The expected losses come from two computations that share no line with the engine.
 * {@link Reference} is plain loops over doubles, forward and backward written out by hand. The
 * stored ones were computed with NumPy 2.4 in double precision: patches gathered into a [8, 144,
 * 25] array, products by einsum and @, the pool's winner by argmax, v = 0.9 v + g and p = p − 0.05
 * v.
 */
class GoldenTrajectoryTest {
  private static final int STEPS = 10;
  private static final int BATCH = 8;
  private static final double RATE = 0.05;
  private static final double MOMENTUM = 0.9;

  private static final double[] STORED = {
    2.331426229,
    2.294382580,
    2.340725420,
    2.238303835,
    2.420806016,
    2.171871153,
    2.117651855,
    2.241785139,
    2.189787040,
    2.339407801
  };

  private static double filterStart(int i) {
    return (float) (0.2 * Math.sin(1 + 0.7 * i));
  }

  private static double matrixStart(int i) {
    return (float) (0.1 * Math.cos(2 + 0.3 * i));
  }

  @Test
  void tenStepsOfTheEngineAreTenStepsOfHandWrittenLoops() {
    double[] engine = engine();
    double[] reference = new Reference().losses();
    for (int s = 0; s < STEPS; s++) {
      assertEquals(reference[s], engine[s], 2e-5, "loss of step " + s);
      assertEquals(STORED[s], reference[s], 1e-8, "stored loss of step " + s);
    }
  }

  private static double[] engine() {
    Dataset data = FashionMnist.embedded(Split.TRAIN);
    Layer net =
        Layer.sequential(
            Layer.conv(1, 4, 5, 2, 0),
            Layer.relu(),
            Layer.maxPool(2),
            Layer.flatten(),
            Layer.dense(144, 10));
    Map<String, Tensor> start = new LinkedHashMap<>();
    start.put("0.weight", filled(Shape.of(4, 1, 5, 5), GoldenTrajectoryTest::filterStart));
    start.put("0.bias", Tensor.zeros(Shape.of(4)));
    start.put("4.weight", filled(Shape.of(10, 144), GoldenTrajectoryTest::matrixStart));
    start.put("4.bias", Tensor.zeros(Shape.of(10)));
    Model model = Model.of(net, new Params(start, Map.of()), Shape.of(1, 28, 28));
    Optimizer optimizer = Optimizer.sgd(RATE, MOMENTUM);
    Training training = new Training(model, Objective.crossEntropy(), optimizer);
    double[] losses = new double[STEPS];
    for (int s = 0; s < STEPS; s++) {
      int from = s * BATCH;
      int[] rows = java.util.stream.IntStream.range(from, from + BATCH).toArray();
      var batch = data.batch(rows);
      losses[s] = training.step(batch, batch.x(), dev.bagel.tensor.Rng.of(1), RATE, s + 1);
    }
    return losses;
  }

  private static Tensor filled(Shape shape, IntToDoubleFunction f) {
    float[] d = new float[shape.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = (float) f.applyAsDouble(i);
    }
    return Tensor.wrap(shape, d);
  }

  /** The same net and the same ten steps, as loops over doubles. */
  private static final class Reference {
    private final double[] filter = start(4 * 25, GoldenTrajectoryTest::filterStart); // [4][5][5]
    private final double[] filterBias = new double[4];
    private final double[] matrix = start(10 * 144, GoldenTrajectoryTest::matrixStart); // [10][144]
    private final double[] bias = new double[10];
    private final List<double[]> numbers = List.of(filter, filterBias, matrix, bias);
    private final List<double[]> gradients = zeros();
    private final List<double[]> velocity = zeros();

    private static double[] start(int n, IntToDoubleFunction f) {
      double[] d = new double[n];
      for (int i = 0; i < n; i++) {
        d[i] = f.applyAsDouble(i);
      }
      return d;
    }

    private List<double[]> zeros() {
      List<double[]> z = new ArrayList<>();
      numbers.forEach(n -> z.add(new double[n.length]));
      return z;
    }

    double[] losses() {
      Dataset data = FashionMnist.embedded(Split.TRAIN);
      double[] losses = new double[STEPS];
      for (int s = 0; s < STEPS; s++) {
        gradients.forEach(g -> java.util.Arrays.fill(g, 0));
        for (int i = s * BATCH; i < (s + 1) * BATCH; i++) {
          losses[s] += example(data.batch(i).x().toArray(), data.label(i)) / BATCH;
        }
        for (int k = 0; k < numbers.size(); k++) {
          for (int j = 0; j < numbers.get(k).length; j++) {
            double[] v = velocity.get(k);
            v[j] = MOMENTUM * v[j] + gradients.get(k)[j];
            numbers.get(k)[j] -= RATE * v[j];
          }
        }
      }
      return losses;
    }

    /** Adds an example's gradients and returns its loss. */
    private double example(float[] image, int label) {
      double[] conv = new double[4 * 12 * 12];
      for (int c = 0; c < 4; c++) {
        for (int p = 0; p < 144; p++) {
          double sum = filterBias[c];
          for (int u = 0; u < 25; u++) {
            sum += filter[c * 25 + u] * image[pixel(p, u)];
          }
          conv[c * 144 + p] = Math.max(0, sum);
        }
      }
      double[] pooled = new double[144];
      int[] winner = new int[144];
      for (int q = 0; q < 144; q++) {
        int corner = q / 36 * 144 + q % 36 / 6 * 24 + q % 6 * 2;
        winner[q] = corner;
        for (int other : new int[] {corner + 1, corner + 12, corner + 13}) {
          winner[q] = conv[other] > conv[winner[q]] ? other : winner[q];
        }
        pooled[q] = conv[winner[q]];
      }
      double[] p = new double[10];
      double sum = 0;
      for (int k = 0; k < 10; k++) {
        double z = bias[k];
        for (int q = 0; q < 144; q++) {
          z += matrix[k * 144 + q] * pooled[q];
        }
        p[k] = Math.exp(z);
        sum += p[k];
      }
      for (int k = 0; k < 10; k++) {
        backward(k, (p[k] / sum - (k == label ? 1 : 0)) / BATCH, image, conv, pooled, winner);
      }
      return -Math.log(p[label] / sum);
    }

    private void backward(
        int k, double dz, float[] image, double[] conv, double[] pooled, int[] winner) {
      gradients.get(3)[k] += dz;
      for (int q = 0; q < 144; q++) {
        gradients.get(2)[k * 144 + q] += dz * pooled[q];
        if (conv[winner[q]] > 0) {
          double d = dz * matrix[k * 144 + q];
          int c = winner[q] / 144;
          gradients.get(1)[c] += d;
          for (int u = 0; u < 25; u++) {
            gradients.get(0)[c * 25 + u] += d * image[pixel(winner[q] % 144, u)];
          }
        }
      }
    }

    /** The pixel under tap u of the filter at output place p. */
    private static int pixel(int p, int u) {
      return (p / 12 * 2 + u / 5) * 28 + p % 12 * 2 + u % 5;
    }
  }
}
