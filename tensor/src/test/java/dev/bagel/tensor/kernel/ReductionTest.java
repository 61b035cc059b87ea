package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
final class ReductionTest {
  private final Kernels kernels = Kernels.best();

  @Test
  void everySetOfAxesIsReducedLikeADoubleLoop(Random random) {
    int[][] shapes = {{2, 3, 4, 5}, {1, 1, 1, 1}, {3, 1, 40, 1}, {1, 7, 1, 600}, {65, 2, 3, 1}};
    for (int[] dims : shapes) {
      Shape from = Shape.of(dims);
      float[] x = new float[from.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      for (int axes = 0; axes < 16; axes++) {
        int[] kept = dims.clone();
        for (int d = 0; d < 4; d++) {
          if ((axes >> d & 1) > 0) {
            kept[d] = 1;
          }
        }
        check(from, Shape.of(kept), x);
        int lead = 0; // an axis of length 1 may be missing
        while (lead < 4 && kept[lead] == 1) {
          lead++;
        }
        check(from, Shape.of(Arrays.copyOfRange(kept, lead, 4)), x);
      }
    }
  }

  private void check(Shape from, Shape to, float[] x) {
    double[] sum = new double[to.size()];
    double[] size = new double[to.size()];
    float[] max = new float[to.size()];
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    int[] strides = to.broadcastStrides(from);
    for (int i = 0; i < x.length; i++) {
      int at = 0;
      for (int d = from.rank() - 1, rest = i; d >= 0; rest /= from.dim(d), d--) {
        at += rest % from.dim(d) * strides[d];
      }
      sum[at] += x[i];
      size[at] += Math.abs(x[i]);
      max[at] = Math.max(max[at], x[i]);
    }
    float[] y = new float[to.size()];
    new Reduction(kernels, Reduction.Of.SUM, from, to, Span.of(x), Span.of(y)).run();
    for (int i = 0; i < y.length; i++) {
      assertEquals(sum[i], y[i], 1e-6 * size[i], from + " → " + to);
    }
    new Reduction(kernels, Reduction.Of.MAX, from, to, Span.of(x), Span.of(y)).run();
    assertArrayEquals(max, y, from + " → " + to);
  }

  @Test
  void nothingSumsToZero() {
    float[] y = {1, 2};
    Shape none = Shape.of(0, 2);
    Span x = Span.of(new float[0]);
    new Reduction(kernels, Reduction.Of.SUM, none, Shape.of(1, 2), x, Span.of(y)).run();
    assertArrayEquals(new float[2], y);
  }

  @Test
  void longSumsStayAccurate() {
    float[] x = new float[3 << 18];
    Arrays.fill(x, 0.1f);
    for (Shape from : new Shape[] {Shape.of(x.length), Shape.of(x.length / 3, 3)}) {
      Shape to = from.with(0, 1);
      float[] y = new float[to.size()];
      new Reduction(kernels, Reduction.Of.SUM, from, to, Span.of(x), Span.of(y)).run();
      double want = 0.1f * ((double) x.length / to.size());
      for (float v : y) {
        assertEquals(want, v, 1e-4 * want);
      }
    }
  }

  @Test
  void theLargestOfANaNIsNaN() {
    float[] x = {1, Float.NaN, 3, 4};
    float[] y = new float[2];
    Shape from = Shape.of(2, 2);
    Span in = Span.of(x);
    new Reduction(kernels, Reduction.Of.MAX, from, Shape.of(2, 1), in, Span.of(y)).run();
    assertArrayEquals(new float[] {Float.NaN, 4}, y);
    new Reduction(kernels, Reduction.Of.MAX, from, Shape.of(1, 2), in, Span.of(y)).run();
    assertArrayEquals(new float[] {3, Float.NaN}, y);
  }
}
