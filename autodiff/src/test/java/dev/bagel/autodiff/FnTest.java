package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Fn.Outside;
import dev.bagel.autodiff.Fn.Resize;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Unary;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class FnTest {
  private static final double ROUNDING = 1e-5; // some operations on numbers near 1

  private static void near(double expected, double got, String what) {
    assertEquals(expected, got, ROUNDING * (1 + Math.abs(expected)), what);
  }

  private static void derivativesAreRight(GradCheck.Function f, Rng rng, Tensor... x) {
    double error = GradCheck.error(f, 2, rng, x);
    assertTrue(error < 2e-3, "error " + error); // as in OpsTest
  }

  // ---- activations ------------------------------------------------------------------------------

  private static void activation(UnaryOperator<Var> f, DoubleUnaryOperator expected) {
    for (float x : new float[] {-20, -3, -1, -0.1f, 0, 0.1f, 1, 3, 20}) {
      near(expected.applyAsDouble(x), f.apply(Var.constant(x)).item(), "activation at " + x);
      double h = 1e-4;
      if (x != 0) {
        double slope = (expected.applyAsDouble(x + h) - expected.applyAsDouble(x - h)) / (2 * h);
        near(slope, Grad.at(f, Tensor.scalar(x)).grad().item(), "slope at " + x);
      }
    }
  }

  @Test
  void activationsAreTheirFormulas() {
    activation(x -> Fn.leakyRelu(x, 0.1f), x -> x > 0 ? x : 0.1f * x);
    activation(x -> Fn.elu(x, 1.5f), x -> x > 0 ? x : 1.5 * Math.expm1(x));
    activation(Fn::silu, x -> x / (1 + Math.exp(-x)));
    activation(x -> Fn.softplus(x, 3), x -> Math.log1p(Math.exp(3 * x)) / 3);
    activation(Fn::gelu, x -> x * normalCdf(x));
  }

  /** Φ(x) by the rule of Simpson. */
  private static double normalCdf(double x) {
    int n = 4000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double t = x * i / n;
      sum += (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-t * t / 2);
    }
    return 0.5 + sum * x / n / 3 / Math.sqrt(2 * Math.PI);
  }

  @Test
  void softmaxIsAProbability(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(4, 7), rng).mul(5);
    Tensor y = Fn.softmax(Var.constant(x)).value();
    for (int r = 0; r < 4; r++) {
      double sum = 0;
      for (int j = 0; j < 7; j++) {
        sum += Math.exp(x.get(r * 7 + j));
      }
      for (int j = 0; j < 7; j++) {
        near(Math.exp(x.get(r * 7 + j)) / sum, y.get(r * 7 + j), "row " + r);
      }
    }
  }

  // ---- normalisation and regularisation
  // -----------------------------------------------------------

  @Test
  void layerNormIsItsFormula(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(3, 2, 4), rng.at("x")).mul(3).add(1);
    Tensor scale = Inputs.positive(rng.at("scale"), 2, 4);
    Tensor shift = Inputs.gaussian(rng.at("shift"), 2, 4);
    float epsilon = 0.01f;
    Tensor y =
        Fn.layerNorm(Var.constant(x), Var.constant(scale), Var.constant(shift), epsilon).value();
    for (int n = 0; n < 3; n++) {
      double[] row = new double[8];
      for (int i = 0; i < 8; i++) {
        row[i] = x.get(n * 8 + i);
      }
      double mean = Arrays.stream(row).average().orElseThrow();
      double variance =
          Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int i = 0; i < 8; i++) {
        double expected =
            (row[i] - mean) / Math.sqrt(variance + epsilon) * scale.get(i) + shift.get(i);
        near(expected, y.get(n * 8 + i), "element " + i + " of " + n);
      }
    }
    derivativesAreRight(
        v -> Fn.layerNorm(v.get(0), v.get(1), v.get(2), 0.1f), rng, x, scale, shift);
  }

  @Test
  void normalizeWithItsOwnStatisticsHasMeanShiftAndDeviationScale(Rng rng) {
    Var x = Var.constant(Tensor.gaussian(Shape.of(6, 3, 4, 4), rng).mul(2).add(1));
    Var mean = Fn.mean(x, 0, 2, 3);
    Var variance = Fn.variance(x, mean, 0, 2, 3);
    Var y = Fn.normalize(x, mean, variance, 0, Var.constant(2), Var.constant(0.5f));
    for (int c = 0; c < 3; c++) {
      near(0.5, y.slice(1, c, c + 1).mean().item(), "mean of channel " + c);
      near(4, y.slice(1, c, c + 1).sub(0.5f).square().mean().item(), "variance of channel " + c);
    }
  }

  @Test
  void dropoutKeepsTheMeanAndIsAFunctionOfItsKey(Rng rng) {
    Var ones = Var.constant(Tensor.full(Shape.of(100, 100), 1));
    Var key = Var.constant(Fn.key(rng.at(1)));
    Tensor y = Fn.dropout(ones, 0.3f, key, "a").value();
    double deviation = Math.sqrt(0.3 / 0.7 / ones.size());
    assertEquals(1, y.sum().item() / ones.size(), 6 * deviation); // fails once in 10⁸
    for (int i = 0; i < y.size(); i++) {
      assertTrue(y.get(i) == 0 || Math.abs(y.get(i) - 1 / 0.7f) < 1e-6, "element " + y.get(i));
    }
    assertEquals(y, Fn.dropout(ones, 0.3f, key, "a").value());
    assertNotEquals(y, Fn.dropout(ones, 0.3f, key, "b").value());
    Var other = Var.constant(Fn.key(rng.at(2)));
    assertNotEquals(y, Fn.dropout(ones, 0.3f, other, "a").value());
    assertEquals(ones.value(), Fn.dropout(ones, 0, key, "a").value());
    assertThrows(IllegalArgumentException.class, () -> Fn.dropout(ones, 1, key, "a"));
  }

  @Test
  void noiseIsTheStreamOfItsKey(Rng rng) {
    Shape s = Shape.of(5000); // more than one grain
    Var key = Var.constant(Fn.key(rng));
    assertEquals(Tensor.uniform(s, 0, 1, rng.at("p")), Fn.uniform(key, "p", s).value());
    assertEquals(Tensor.gaussian(s, rng.at("p")), Fn.gaussian(key, "p", s).value());
    assertThrows(ShapeException.class, () -> Fn.uniform(Var.constant(1), "p", s));
  }

  @Test
  void everyRowMayHaveAKeyOfItsOwn(Rng rng) {
    Shape s = Shape.of(3, 7, 1000);
    float[] keys = new float[12];
    for (int n = 0; n < 3; n++) {
      System.arraycopy(Fn.key(rng.at(n)).array(), 0, keys, 4 * n, 4);
    }
    Tensor y = Fn.uniform(Var.constant(Tensor.wrap(Shape.of(3, 4), keys)), "p", s).value();
    for (int n = 0; n < 3; n++) {
      Tensor row = Tensor.uniform(Shape.of(1, 7, 1000), 0, 1, rng.at(n).at("p"));
      assertEquals(row, y.slice(n, n + 1), "row " + n);
    }
  }

  // ---- thresholds
  // ---------------------------------------------------------------------------------

  @Test
  void l1ThresholdShrinksToTheBall(Rng rng) {
    int d = 37;
    float[] radii = {0, 0.01f, 1, 5, 1000, -1};
    Tensor x = Tensor.gaussian(Shape.of(radii.length, d), rng);
    Var theta = Fn.l1Threshold(Var.constant(x), Var.constant(Tensor.of(Shape.of(6, 1), radii)));
    for (int r = 0; r < radii.length; r++) {
      double[] a = new double[d];
      for (int j = 0; j < d; j++) {
        a[j] = Math.abs(x.get(r * d + j));
      }
      double low = 0; // bisection: the norm that is left falls in θ
      double high = Arrays.stream(a).max().orElseThrow();
      if (Arrays.stream(a).sum() <= radii[r]) {
        high = 0;
      }
      for (int step = 0; step < 60; step++) {
        double middle = (low + high) / 2;
        if (Arrays.stream(a).map(v -> Math.max(0, v - middle)).sum() > radii[r]) {
          low = middle;
        } else {
          high = middle;
        }
      }
      near(high, theta.value().get(r), "radius " + radii[r]);
    }
  }

  @Test
  void largestMarksExactlyAsManyAsAsked(Rng rng) {
    int d = 20;
    float[] counts = {0, 1, 2.9f, 10, 19, 20, 21, -3, Float.NaN};
    int n = counts.length;
    Tensor x = Tensor.gaussian(Shape.of(n, d), rng).mul(2).map(Unary.FLOOR); // with many ties
    Var k = Var.constant(Tensor.of(Shape.of(n, 1), counts));
    Tensor got = Fn.largest(Var.constant(x), k).value();
    for (int r = 0; r < n; r++) {
      int row = r * d;
      Integer[] order = IntStream.range(0, d).boxed().toArray(Integer[]::new);
      Arrays.sort(order, Comparator.comparing(j -> -x.get(row + j))); // stable: first ties first
      for (int i = 0; i < d; i++) {
        assertEquals(i < (int) counts[r] ? 1 : 0, got.get(row + order[i]), counts[r] + " largest");
      }
    }
  }

  // ---- images -----------------------------------------------------------------------------------

  @Test
  void globalMeanPoolIsTheMeanOfEveryPlane(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 4, 5), rng);
    Tensor y = Fn.globalMeanPool(Var.constant(x)).value();
    assertEquals(Shape.of(2, 3), y.shape());
    for (int p = 0; p < 6; p++) {
      double sum = 0;
      for (int i = 0; i < 20; i++) {
        sum += x.get(p * 20 + i);
      }
      near(sum / 20, y.get(p), "plane " + p);
    }
  }

  /** A pixel, or that of the border nearest to it. */
  private static double at(Tensor x, int plane, int row, int column) {
    int h = x.shape().dim(2);
    int w = x.shape().dim(3);
    int r = Math.min(h - 1, Math.max(0, row));
    int q = Math.min(w - 1, Math.max(0, column));
    return x.get((plane * h + r) * w + q);
  }

  private static double bilinear(Tensor x, int plane, double row, double column) {
    int r = (int) Math.floor(row);
    int q = (int) Math.floor(column);
    double fr = row - r;
    double fq = column - q;
    return (1 - fr) * ((1 - fq) * at(x, plane, r, q) + fq * at(x, plane, r, q + 1))
        + fr * ((1 - fq) * at(x, plane, r + 1, q) + fq * at(x, plane, r + 1, q + 1));
  }

  private static double resized(Tensor x, int plane, int i, int j, int h, int w, Resize how) {
    double ih = x.shape().dim(2);
    double iw = x.shape().dim(3);
    return switch (how) {
      case NEAREST ->
          at(x, plane, (int) Math.floor(i * ih / h + 1e-9), (int) Math.floor(j * iw / w + 1e-9));
      case BILINEAR -> bilinear(x, plane, (i + 0.5) * ih / h - 0.5, (j + 0.5) * iw / w - 0.5);
      case BILINEAR_ALIGN_CORNERS ->
          bilinear(
              x, plane, h == 1 ? 0 : i * (ih - 1) / (h - 1), w == 1 ? 0 : j * (iw - 1) / (w - 1));
    };
  }

  @ParameterizedTest
  @EnumSource(Resize.class)
  void resizeAgreesWithLoopsOverPixels(Resize how, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 5, 4), rng);
    int[][] sizes = {{5, 4}, {10, 8}, {7, 3}, {1, 1}, {2, 9}, {13, 1}};
    for (int[] s : sizes) {
      Tensor y = Fn.resize(Var.constant(x), s[0], s[1], how).value();
      assertEquals(Shape.of(2, 3, s[0], s[1]), y.shape());
      for (int k = 0; k < y.size(); k++) {
        int plane = k / (s[0] * s[1]);
        int i = k / s[1] % s[0];
        int j = k % s[1];
        near(
            resized(x, plane, i, j, s[0], s[1], how),
            y.get(k),
            how + " to " + Arrays.toString(s) + " at " + k);
      }
    }
    derivativesAreRight(v -> Fn.resize(v.get(0), 7, 3, how), rng, x);
  }

  private static double sampled(
      Tensor x, int plane, double gx, double gy, Outside outside, boolean alignCorners) {
    int h = x.shape().dim(2);
    int w = x.shape().dim(3);
    double column = alignCorners ? (gx + 1) / 2 * (w - 1) : ((gx + 1) * w - 1) / 2;
    double row = alignCorners ? (gy + 1) / 2 * (h - 1) : ((gy + 1) * h - 1) / 2;
    if (outside == Outside.BORDER) {
      return bilinear(
          x, plane, Math.min(h - 1, Math.max(0, row)), Math.min(w - 1, Math.max(0, column)));
    }
    double sum = 0;
    for (int r = 0; r < h; r++) {
      for (int q = 0; q < w; q++) {
        double weight = Math.max(0, 1 - Math.abs(row - r)) * Math.max(0, 1 - Math.abs(column - q));
        sum += weight * at(x, plane, r, q);
      }
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"ZEROS, true", "ZEROS, false", "BORDER, true", "BORDER, false"})
  void gridSampleAgreesWithJaderbergEquation5(Outside outside, boolean align, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 5, 4), rng.at("x"));
    Tensor grid = Tensor.uniform(Shape.of(2, 6, 7, 2), -1.6f, 1.6f, rng.at("grid"));
    Tensor y = Fn.gridSample(Var.constant(x), Var.constant(grid), outside, align).value();
    assertEquals(Shape.of(2, 3, 6, 7), y.shape());
    for (int k = 0; k < y.size(); k++) {
      int place = k % 42 + k / 126 * 42;
      float gx = grid.get(2 * place);
      float gy = grid.get(2 * place + 1);
      near(sampled(x, k / 42, gx, gy, outside, align), y.get(k), "at " + gx + ", " + gy);
    }
  }

  /** A grid whose places are the centres of the pixels of an h×w image. */
  private static Tensor identityGrid(int h, int w, boolean align) {
    float[] grid = new float[h * w * 2];
    for (int k = 0; k < h * w; k++) {
      int q = k % w;
      int r = k / w;
      grid[2 * k] = align ? 2f * q / (w - 1) - 1 : (2f * q + 1) / w - 1;
      grid[2 * k + 1] = align ? 2f * r / (h - 1) - 1 : (2f * r + 1) / h - 1;
    }
    return Tensor.wrap(Shape.of(1, h, w, 2), grid);
  }

  @ParameterizedTest
  @CsvSource({"ZEROS, true", "ZEROS, false", "BORDER, true", "BORDER, false"})
  void theIdentityGridGivesTheImage(Outside outside, boolean align, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(1, 2, 5, 4), rng);
    Var grid = Var.constant(identityGrid(5, 4, align));
    Tensor y = Fn.gridSample(Var.constant(x), grid, outside, align).value();
    for (int k = 0; k < x.size(); k++) {
      near(x.get(k), y.get(k), "pixel " + k);
    }
  }

  @ParameterizedTest
  @EnumSource(Outside.class)
  void gridSampleHasGradientsInImageAndGrid(Outside outside, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(1, 2, 5, 4), rng.at("x"));
    // a quarter pixel off the centres, up to an eighth: far from the kinks between pixels
    Tensor off = Tensor.uniform(Shape.of(1, 5, 4, 2), 0.25f, 0.5f, rng.at("grid"));
    Tensor grid = identityGrid(5, 4, true).add(off.mul(0.5f));
    derivativesAreRight(v -> Fn.gridSample(v.get(0), v.get(1), outside, true), rng, x, grid);
  }

  @Test
  void wholePixelsAreReadToTheLastBit(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(1, 2, 3, 4), rng);
    float[] columns = new float[12];
    float[] rows = new float[12];
    for (int k = 0; k < 12; k++) { // one to the left, a row down
      columns[k] = k % 4 - 1;
      rows[k] = k / 4 + 1;
    }
    Var y =
        Fn.pixelSample(
            Var.constant(x),
            Var.constant(Tensor.wrap(Shape.of(1, 12), columns)),
            Var.constant(Tensor.wrap(Shape.of(1, 12), rows)));
    assertEquals(Shape.of(1, 2, 12), y.shape());
    for (int k = 0; k < 24; k++) {
      boolean outside = k % 4 == 0 || k % 12 / 4 == 2;
      assertEquals(outside ? 0 : x.get(k + 3), y.value().get(k), "place " + k);
    }
  }

  /** ⟨S x, v⟩ = ⟨x, Sᵀ v⟩: reading is linear in the image, and its gradient is the adjoint. */
  @Test
  void readingAndItsGradientAreAdjoint(Rng rng) {
    Var x = Var.leaf(Tensor.gaussian(Shape.of(2, 3, 5, 4), rng.at("x")));
    Var columns = Var.constant(Tensor.uniform(Shape.of(2, 9), -1.5f, 4.5f, rng.at("columns")));
    Var rows = Var.constant(Tensor.uniform(Shape.of(2, 9), -1.5f, 5.5f, rng.at("rows")));
    Tensor v = Tensor.gaussian(Shape.of(2, 3, 9), rng.at("v"));
    Var y = Fn.pixelSample(x, columns, rows);
    Tensor adjoint = Grad.of(y.mul(Var.constant(v)).sum(), x).get(0).value();
    assertEquals(y.value().dot(v), adjoint.dot(x.value()), 1e-4);
  }

  @Test
  void gridSampleSaysWhatDoesNotFit() {
    Var x = Var.constant(Tensor.zeros(Shape.of(2, 3, 4, 4)));
    Var grid = Var.constant(Tensor.zeros(Shape.of(1, 4, 4, 2)));
    assertThrows(ShapeException.class, () -> Fn.gridSample(x, grid, Outside.ZEROS, true));
  }

  // ---- convolutions
  // -------------------------------------------------------------------------------

  private static Tensor convTranspose(Tensor x, Tensor w, ConvOptions o, int h, int v) {
    int groups = o.groups();
    int groupC = x.shape().dim(1) / groups;
    int groupO = w.shape().dim(1);
    Shape s = Shape.of(x.shape().dim(0), groupO * groups, h, v);
    double[] sum = new double[s.size()];
    for (int i = 0; i < x.size(); i++) { // each pixel of x throws a filter onto y
      int q = i % x.shape().dim(3);
      int r = i / x.shape().dim(3) % x.shape().dim(2);
      int plane = i / (x.shape().dim(3) * x.shape().dim(2));
      int c = plane % x.shape().dim(1);
      int n = plane / x.shape().dim(1);
      for (int j = 0; j < groupO * w.shape().dim(2) * w.shape().dim(3); j++) {
        int b = j % w.shape().dim(3);
        int a = j / w.shape().dim(3) % w.shape().dim(2);
        int k = j / (w.shape().dim(3) * w.shape().dim(2));
        int row = r * o.strideY() + a * o.dilationY() - o.top();
        int column = q * o.strideX() + b * o.dilationX() - o.left();
        if (row >= 0 && row < h && column >= 0 && column < v) {
          int out = ((n * groupO * groups + c / groupC * groupO + k) * h + row) * v + column;
          int tap = ((c * groupO + k) * w.shape().dim(2) + a) * w.shape().dim(3) + b;
          sum[out] += (double) x.get(i) * w.get(tap);
        }
      }
    }
    float[] y = new float[sum.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) sum[i];
    }
    return Tensor.wrap(s, y);
  }

  @Test
  void convTransposeAgreesWithThrowingFilters(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(2, 4, 3, 5), rng.at("x"));
    ConvOptions[] options = {
      ConvOptions.of(1, 0),
      ConvOptions.of(2, 1),
      ConvOptions.of(3, 0).groups(2),
      ConvOptions.of(2, 0).dilation(2).pads(1, 0, 2, 1),
    };
    for (ConvOptions o : options) {
      Tensor w = Tensor.gaussian(Shape.of(4, 6 / o.groups(), 3, 2), rng.at("w"));
      for (int more = 0; more < Math.min(2, o.strideY()); more++) {
        int padding = more;
        Tensor y = Var.constant(x).convTranspose(Var.constant(w), o, more, more).value();
        Tensor expected = convTranspose(x, w, o, y.shape().dim(2), y.shape().dim(3));
        assertEquals(expected.shape(), y.shape());
        int rows = (3 - 1) * o.strideY() - o.top() - o.bottom() + 2 * o.dilationY() + 1 + more;
        assertEquals(rows, y.shape().dim(2), o.toString());
        for (int i = 0; i < y.size(); i++) {
          near(expected.get(i), y.get(i), o + " at " + i);
        }
        derivativesAreRight(v -> v.get(0).convTranspose(v.get(1), o, padding, padding), rng, x, w);
      }
    }
    Var v = Var.constant(x);
    Var w = Var.constant(Tensor.zeros(Shape.of(4, 6, 3, 2)));
    assertThrows(ShapeException.class, () -> v.convTranspose(w, ConvOptions.of(1, 0), 1, 1));
  }

  @Test
  void convIsUnfoldingAndMultiplying(Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 6, 5), rng.at("x"));
    Tensor w = Tensor.gaussian(Shape.of(4, 3, 3, 2), rng.at("w"));
    Var y = Var.constant(x).conv(Var.constant(w), ConvOptions.of(1, 0));
    Var sum = Var.constant(0);
    for (int u = 0; u < 3; u++) {
      for (int v = 0; v < 2; v++) { // one product of matrices for each tap
        Var shifted = Var.constant(x).slice(2, u, u + 4).slice(3, v, v + 4).reshape(2, 3, 16);
        Var tap = Var.constant(w).slice(2, u, u + 1).slice(3, v, v + 1).reshape(4, 3);
        sum = sum.add(tap.matmul(shifted));
      }
    }
    for (int i = 0; i < y.size(); i++) {
      near(sum.value().get(i), y.value().get(i), "element " + i);
    }
  }
}
