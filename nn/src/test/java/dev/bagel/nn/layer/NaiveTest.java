package dev.bagel.nn.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers in evaluation against loops that say what they do, in double. */
class NaiveTest {
  /** Every parameter random: fresh biases are 0, and hide. */
  static Map<String, Tensor> numbers(Layer layer) {
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    layer
        .init(Rng.of(1))
        .all()
        .forEach(
            (name, t) ->
                numbers.put(name, Tensor.uniform(t.shape(), 0.2f, 1.5f, Rng.of(2).at(name))));
    return numbers;
  }

  static Tensor evaluate(Layer layer, Map<String, Tensor> numbers, Tensor x) {
    Params p = layer.init(Rng.of(1)).with(numbers);
    return layer.apply(Pass.evaluate(Pass.vars(p, Var::constant)), Var.constant(x)).value();
  }

  private static void assertClose(double[] expected, Tensor actual) {
    assertEquals(expected.length, actual.size());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i), 1e-5 * (1 + Math.abs(expected[i])), "element " + i);
    }
  }

  private static double at(Tensor t, int... index) {
    int i = 0;
    for (int a = 0; a < index.length; a++) {
      i = i * t.shape().dim(a) + index[a];
    }
    return t.get(i);
  }

  @Test
  void denseIsAMatrixAndABias() {
    Layer layer = new Dense(3, 2);
    Map<String, Tensor> p = numbers(layer);
    Tensor x = Tensor.gaussian(Shape.of(4, 3), Rng.of(3));
    double[] y = new double[8];
    for (int n = 0; n < 4; n++) {
      for (int o = 0; o < 2; o++) {
        y[n * 2 + o] = p.get("bias").get(o);
        for (int i = 0; i < 3; i++) {
          y[n * 2 + o] += at(x, n, i) * at(p.get("weight"), o, i);
        }
      }
    }
    assertClose(y, evaluate(layer, p, x));
  }

  @ParameterizedTest
  @CsvSource({
    // in, out, ky, kx, sy, sx, top, left, bottom, right, dy, dx, groups, bias
    "2, 3, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1, true",
    "2, 3, 3, 2, 2, 1, 1, 0, 2, 1, 1, 1, 1, true",
    "4, 6, 2, 3, 1, 2, 0, 1, 1, 0, 2, 1, 2, false",
    "3, 3, 3, 3, 2, 2, 0, 0, 1, 1, 1, 1, 3, true",
    "1, 4, 1, 1, 3, 3, 0, 0, 0, 0, 1, 1, 1, false"
  })
  void conv2dIsItsSum(
      int in,
      int out,
      int ky,
      int kx,
      int sy,
      int sx,
      int top,
      int left,
      int bottom,
      int right,
      int dy,
      int dx,
      int groups,
      boolean bias) {
    Conv2d layer =
        new Conv2d(in, out, ky, kx, sy, sx, top, left, bottom, right, dy, dx, groups, bias);
    Map<String, Tensor> p = numbers(layer);
    Tensor x = Tensor.gaussian(Shape.of(2, in, 7, 8), Rng.of(3));
    int oh = (7 + top + bottom - dy * (ky - 1) - 1) / sy + 1;
    int ow = (8 + left + right - dx * (kx - 1) - 1) / sx + 1;
    double[] y = new double[2 * out * oh * ow];
    for (int i = 0; i < y.length; i++) {
      int o = i / (oh * ow) % out;
      double b = bias ? p.get("bias").get(o) : 0;
      y[i] = b + product(layer, p.get("weight"), x, i / (out * oh * ow), o, i / ow % oh, i % ow);
    }
    Tensor actual = evaluate(layer, p, x);
    assertEquals(Shape.of(2, out, oh, ow), actual.shape());
    assertClose(y, actual);
  }

  /** The product of filter o with the window at row r and column q of image n. */
  private static double product(Conv2d l, Tensor weight, Tensor x, int n, int o, int r, int q) {
    double sum = 0;
    int inputs = l.in() / l.groups();
    for (int c = 0; c < inputs; c++) {
      for (int u = 0; u < l.kernelY(); u++) {
        for (int v = 0; v < l.kernelX(); v++) {
          int a = r * l.strideY() + u * l.dilationY() - l.top();
          int b = q * l.strideX() + v * l.dilationX() - l.left();
          if (a >= 0 && a < x.shape().dim(2) && b >= 0 && b < x.shape().dim(3)) {
            int channel = o / (l.out() / l.groups()) * inputs + c;
            sum += at(x, n, channel, a, b) * at(weight, o, c, u, v);
          }
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"2, 3, 4, 2, 1, 0", "3, 2, 3, 2, 1, 1", "1, 1, 2, 1, 0, 0", "2, 2, 3, 3, 0, 2"})
  void convTranspose2dScattersEveryPixel(int in, int out, int k, int stride, int pad, int extra) {
    Layer layer = new ConvTranspose2d(in, out, k, stride, pad, extra);
    Map<String, Tensor> p = numbers(layer);
    int h = 4;
    Tensor x = Tensor.gaussian(Shape.of(2, in, h, h), Rng.of(3));
    int oh = (h - 1) * stride - 2 * pad + k + extra;
    double[] y = new double[2 * out * oh * oh];
    for (int n = 0; n < 2; n++) {
      for (int o = 0; o < out; o++) {
        int plane = (n * out + o) * oh * oh;
        Arrays.fill(y, plane, plane + oh * oh, p.get("bias").get(o));
        for (int c = 0; c < in; c++) {
          for (int at = 0; at < h * h * k * k; at++) {
            int u = at % k;
            int v = at / k % k;
            int r = at / (k * k) % h;
            int q = at / (k * k * h);
            int a = r * stride + u - pad;
            int b = q * stride + v - pad;
            if (a >= 0 && a < oh && b >= 0 && b < oh) {
              y[plane + a * oh + b] += at(x, n, c, r, q) * at(p.get("weight"), c, o, u, v);
            }
          }
        }
      }
    }
    Tensor actual = evaluate(layer, p, x);
    assertEquals(Shape.of(2, out, oh, oh), actual.shape());
    assertClose(y, actual);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 0, false, false",
    "3, 2, 1, false, false",
    "3, 2, 1, false, true",
    "2, 3, 0, true, true",
    "3, 2, 0, true, false",
    "3, 2, 1, true, true"
  })
  void poolsLookAtTheirWindows(int size, int stride, int pad, boolean ceil, boolean counted) {
    int h = 8;
    Tensor x = Tensor.gaussian(Shape.of(2, 3, h, h), Rng.of(3)).sub(2);
    int oh = (h + 2 * pad - size + (ceil ? stride - 1 : 0)) / stride + 1;
    oh -= ceil && (oh - 1) * stride >= h + pad ? 1 : 0;
    double[] max = new double[6 * oh * oh];
    double[] mean = new double[6 * oh * oh];
    for (int i = 0; i < max.length; i++) {
      max[i] = Double.NEGATIVE_INFINITY;
      int cells = 0;
      for (int uv = 0; uv < size * size; uv++) {
        int a = i / oh % oh * stride + uv / size - pad;
        int b = i % oh * stride + uv % size - pad;
        boolean inside = a >= 0 && a < h && b >= 0 && b < h;
        if (inside) {
          double v = at(x, i / (3 * oh * oh), i / (oh * oh) % 3, a, b);
          max[i] = Math.max(max[i], v);
          mean[i] += v;
        }
        cells += inside || (counted && a < h + pad && b < h + pad) ? 1 : 0;
      }
      mean[i] /= cells;
    }
    assertClose(max, evaluate(new MaxPool2d(size, stride, pad, ceil), Map.of(), x));
    assertClose(mean, evaluate(new MeanPool2d(size, stride, pad, ceil, counted), Map.of(), x));
  }

  @Test
  void globalMeanPoolAveragesPlanes() {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 4, 5), Rng.of(3));
    double[] y = new double[6];
    for (int i = 0; i < x.size(); i++) {
      y[i / 20] += x.get(i) / 20.0;
    }
    assertClose(y, evaluate(new GlobalMeanPool(), Map.of(), x));
  }

  @Test
  void layerNormNormalisesRows() {
    Layer layer = new LayerNorm(4, 1e-3f);
    Map<String, Tensor> p = numbers(layer);
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 4), Rng.of(3));
    double[] y = new double[24];
    for (int row = 0; row < 6; row++) {
      double mean = 0;
      double square = 0;
      for (int j = 0; j < 4; j++) {
        mean += x.get(row * 4 + j) / 4.0;
        square += x.get(row * 4 + j) * (double) x.get(row * 4 + j) / 4;
      }
      for (int j = 0; j < 4; j++) {
        double z = (x.get(row * 4 + j) - mean) / Math.sqrt(square - mean * mean + 1e-3);
        y[row * 4 + j] = z * p.get("weight").get(j) + p.get("bias").get(j);
      }
    }
    assertClose(y, evaluate(layer, p, x));
  }

  private static DoubleUnaryOperator formula(Activation a) {
    return switch (a) {
      case RELU -> x -> Math.max(0, x);
      case LEAKY_RELU -> x -> x > 0 ? x : 0.01f * x;
      case LEAKY_RELU_02 -> x -> x > 0 ? x : 0.2f * x;
      case ELU -> x -> x > 0 ? x : Math.expm1(x);
      case GELU -> x -> x * normal(x);
      case SILU -> x -> x / (1 + Math.exp(-x));
      case SOFTPLUS -> x -> softplus(x);
      case SOFTPLUS_10 -> x -> softplus(10 * x) / 10;
      case TANH -> Math::tanh;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
    };
  }

  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  /** Φ(x) by Simpson's rule from 0. */
  private static double normal(double x) {
    int n = 2000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double t = x * i / n;
      sum += (i == 0 || i == n ? 1 : i % 2 == 0 ? 2 : 4) * Math.exp(-t * t / 2);
    }
    return 0.5 + sum * x / n / 3 / Math.sqrt(2 * Math.PI);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsAreTheirFormulas(Activation a) {
    float[] x = {-100, -20, -3, -1, -0.1f, -0f, 0, 1e-3f, 0.5f, 2, 7, 30, 100};
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = formula(a).applyAsDouble(x[i]);
    }
    assertClose(y, evaluate(a, Map.of(), Tensor.of(Shape.of(1, x.length), x)));
  }

  @Test
  void shapesArePlainlyChanged() {
    Tensor x = Tensor.gaussian(Shape.of(2, 3, 4), Rng.of(3));
    assertEquals(x.reshape(2, 12), evaluate(new Flatten(), Map.of(), x));
    assertEquals(x.reshape(2, 4, 3, 1), evaluate(new Reshape(List.of(4, 3, 1)), Map.of(), x));
    assertThrows(ShapeException.class, () -> evaluate(new Reshape(List.of(5)), Map.of(), x));
  }

  @Test
  void subsampleTakesEverySecondPixelBetweenZeroChannels() {
    Tensor x = Tensor.gaussian(Shape.of(2, 2, 5, 4), Rng.of(3));
    Tensor y = evaluate(new Subsample(2, 5), Map.of(), x);
    assertEquals(Shape.of(2, 5, 3, 2), y.shape());
    for (int i = 0; i < y.size(); i++) {
      int c = i / 6 % 5 - 1; // one channel before, two after
      double expected = c < 0 || c > 1 ? 0 : at(x, i / 30, c, i / 2 % 3 * 2, i % 2 * 2);
      assertEquals(expected, y.get(i));
    }
    assertThrows(ShapeException.class, () -> evaluate(new Subsample(2, 1), Map.of(), x));
    assertThrows(IllegalArgumentException.class, () -> new Subsample(0, 4));
  }

  @Test
  void residualAddsItsTwoWays() {
    Layer body = new Dense(3, 3);
    Map<String, Tensor> p = numbers(Residual.around(body));
    assertEquals(List.of("body.weight", "body.bias"), List.copyOf(p.keySet()));
    Tensor x = Tensor.gaussian(Shape.of(2, 3), Rng.of(3));
    Map<String, Tensor> inner = Map.of("weight", p.get("body.weight"), "bias", p.get("body.bias"));
    Tensor around = evaluate(Residual.around(body), p, x);
    assertEquals(evaluate(body, inner, x).add(x), around);
    Tensor withRelu = evaluate(new Residual(body, Layer.relu()), p, x);
    assertEquals(evaluate(body, inner, x).add(x.relu()), withRelu);
  }
}
