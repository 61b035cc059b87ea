package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
final class PointwiseTest {
  private final Kernels kernels = Kernels.best();

  @Test
  void inputsAreBroadcastLikeAnIndexedLoop(Random random) {
    for (int i = 0; i < 200; i++) {
      int[] dims = new int[random.nextInt(5)];
      int[] small = new int[dims.length];
      for (int d = 0; d < dims.length; d++) {
        dims[d] = 1 + random.nextInt(9);
        small[d] = random.nextBoolean() ? 1 : dims[d];
      }
      Shape full = Shape.of(dims);
      Shape part = Shape.of(small);
      float[] a = normal(random, full.size());
      float[] b = normal(random, part.size());
      float[] y = new float[full.size()];
      Pointwise p = new Pointwise(dims);
      int left = p.input(Span.of(a), full.strides());
      int right = p.input(Span.of(b), part.broadcastStrides(full));
      p.output(p.binary(Binary.SUB, left, right), Span.of(y));
      p.kernel(kernels).run();
      int[] strides = part.broadcastStrides(full);
      for (int at = 0; at < y.length; at++) {
        assertEquals(a[at] - b[place(at, dims, strides)], y[at]);
      }
    }
  }

  @Test
  void inputsMayBeReadInAnyOrderOfTheirAxes(Random random) {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      Shape from = Shape.of(13, 1 + random.nextInt(40), 17);
      int[] dims = new int[3];
      int[] strides = new int[3];
      for (int d = 0; d < 3; d++) {
        dims[d] = from.dim(order[d]);
        strides[d] = from.strides()[order[d]];
      }
      float[] x = normal(random, from.size());
      float[] y = new float[x.length];
      Pointwise p = new Pointwise(dims);
      p.output(p.input(Span.of(x), strides), Span.of(y));
      p.kernel(kernels).run();
      for (int at = 0; at < y.length; at++) {
        assertEquals(x[place(at, dims, strides)], y[at]);
      }
    }
  }

  private static int place(int at, int[] dims, int[] strides) {
    int place = 0;
    for (int d = dims.length - 1; d >= 0; d--) {
      place += at % dims[d] * strides[d];
      at /= dims[d];
    }
    return place;
  }

  @Test
  void aChainGivesTheBitsOfItsSteps(Random random) {
    for (int n : new int[] {0, 1, 15, 1024, 1025, 40_003}) {
      float[] a = normal(random, n);
      float[] b = normal(random, n);
      float[] y = new float[n];
      float[] z = new float[n];
      Pointwise p = new Pointwise(n);
      int x = p.input(Span.of(a), 1);
      int w = p.input(Span.of(b), 1);
      int sum = p.binary(Binary.ADD, x, w);
      int tanh = p.unary(Unary.TANH, sum);
      p.output(p.select(p.unary(Unary.STEP, x), tanh, w), Span.of(y));
      p.output(tanh, Span.of(z));
      p.kernel(kernels).run();
      float[] s = new float[n];
      kernels.binary(Binary.ADD, a, 0, b, 0, s, 0, n);
      kernels.unary(Unary.TANH, s, 0, s, 0, n);
      assertArrayEquals(s, z);
      float[] mask = new float[n];
      kernels.unary(Unary.STEP, a, 0, mask, 0, n);
      kernels.select(mask, 0, s, 0, b, 0, s, 0, n);
      assertArrayEquals(s, y);
    }
  }

  @Test
  void anOutputMayReplaceAnInputThatIsReadStraight(Random random) {
    float[] a = normal(random, 5000);
    float[] want = new float[5000];
    kernels.unary(Unary.EXP, a, 0, want, 0, 5000);
    Pointwise p = new Pointwise(5000);
    p.output(p.unary(Unary.EXP, p.input(Span.of(a), 1)), Span.of(a));
    p.kernel(kernels).run();
    assertArrayEquals(want, a);
  }

  @Test
  void aResultMayBeWantedTwice(Random random) {
    float[] a = normal(random, 100);
    float[] y = new float[100];
    float[] z = new float[100];
    Pointwise p = new Pointwise(100);
    int r = p.unary(Unary.NEG, p.input(Span.of(a), 1));
    p.output(r, Span.of(y));
    p.output(r, Span.of(z));
    p.kernel(kernels).run();
    assertArrayEquals(y, z);
  }

  @Test
  void wrongLengthsAreRefused() {
    Pointwise p = new Pointwise(2, 3);
    float[] x = new float[6];
    assertThrows(IllegalArgumentException.class, () -> p.input(Span.of(x), 1));
    int r = p.input(Span.of(x), 3, 1);
    assertThrows(IllegalArgumentException.class, () -> p.output(r, Span.of(new float[5])));
  }

  private static float[] normal(Random r, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) r.nextGaussian();
    }
    return x;
  }
}
