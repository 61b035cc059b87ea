package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.tensor.Seeded;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How far the convolutions that may use minimal filtering are from float64: the bound that the
 * vector kernels state, for as many channels as a large network has.
 */
@ExtendWith(Seeded.class)
final class MinimalFilteringTest {
  /** The largest error, relative to the root mean square of the result. */
  private static final double BOUND = 2e-4;

  @Test
  void threeByThreeFiltersOfManyChannelsAreWithinTheBound(Random random) {
    errorsAreWithinTheBound(random, new Conv(2, 256, 9, 9, 96, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    errorsAreWithinTheBound(random, new Conv(1, 512, 4, 4, 512, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
  }

  @Test
  void fiveByFiveFiltersAreWithinTheBound(Random random) {
    errorsAreWithinTheBound(random, new Conv(3, 64, 14, 14, 64, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1));
    errorsAreWithinTheBound(random, new Conv(2, 48, 11, 6, 25, 5, 5, 1, 1, 0, 1, 3, 4, 1, 1, 1));
  }

  @Test
  void imagesMayBeWiderThanAChunkOfTiles(Random random) {
    errorsAreWithinTheBound(random, new Conv(1, 16, 5, 401, 17, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    errorsAreWithinTheBound(random, new Conv(1, 24, 3, 201, 24, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1));
  }

  @Test
  void aResultMayBeLargerThanItsImage(Random random) {
    errorsAreWithinTheBound(random, new Conv(90, 16, 1, 1, 16, 3, 3, 1, 1, 4, 4, 4, 4, 1, 1, 1));
    errorsAreWithinTheBound(random, new Conv(40, 24, 2, 1, 25, 5, 5, 1, 1, 4, 5, 6, 7, 1, 1, 1));
  }

  @Test
  void fixedFiltersServeImagesOfAllSizes(Random random) {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    float[] w = normal(random, 24 * 24 * 25);
    for (int size : new int[] {14, 6, 2, 13, 1, 14}) {
      Conv g = new Conv(4, 24, size, size, 24, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1);
      float[] x = normal(random, g.input().size());
      float[] y = new float[g.output().size()];
      Kernels.best().conv(g, Span.of(x), new Span(w, 0, w.length, true), Span.of(y)).run();
      double[][] want = {new double[y.length], new double[x.length], new double[w.length]};
      add(g, x, w, y, want);
      check("conv", g, want[0], y);
    }
  }

  private static void errorsAreWithinTheBound(Random random, Conv g) {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    float[] x = normal(random, g.input().size());
    float[] w = normal(random, g.filters().size());
    float[] v = normal(random, g.output().size());
    float[] y = new float[v.length];
    float[] dx = new float[x.length];
    float[] dw = new float[w.length];
    Kernels k = Kernels.best();
    k.conv(g, Span.of(x), Span.of(w), Span.of(y)).run();
    k.convInput(g, Span.of(v), Span.of(w), Span.of(dx)).run();
    k.convFilter(g, Span.of(x), Span.of(v), Span.of(dw)).run();
    double[][] want = {new double[y.length], new double[x.length], new double[w.length]};
    add(g, x, w, v, want);
    check("conv", g, want[0], y);
    check("input gradient", g, want[1], dx);
    check("filter gradient", g, want[2], dw);
  }

  private static void check(String what, Conv g, double[] want, float[] got) {
    double square = 0;
    double error = 0;
    for (int i = 0; i < got.length; i++) {
      square += want[i] * want[i];
      error = Math.max(error, Math.abs(want[i] - got[i]));
    }
    double relative = error / Math.sqrt(square / got.length);
    assertTrue(relative < BOUND, what + " of " + g + " is off by " + relative + " of the rms");
  }

  /** The three products, term by term in double. */
  private static void add(Conv g, float[] x, float[] w, float[] v, double[][] sums) {
    for (int out = 0; out < v.length; out++) {
      int q = out % g.ow();
      int r = out / g.ow() % g.oh();
      int o = out / g.ow() / g.oh() % g.o();
      int n = out / g.ow() / g.oh() / g.o();
      for (int t = 0; t < g.c() * g.kh() * g.kw(); t++) {
        int row = r + t / g.kw() % g.kh() - g.top();
        int column = q + t % g.kw() - g.left();
        if (row >= 0 && row < g.h() && column >= 0 && column < g.w()) {
          int in = ((n * g.c() + t / g.kw() / g.kh()) * g.h() + row) * g.w() + column;
          int tap = o * g.c() * g.kh() * g.kw() + t;
          sums[0][out] += (double) x[in] * w[tap];
          sums[1][in] += (double) v[out] * w[tap];
          sums[2][tap] += (double) v[out] * x[in];
        }
      }
    }
  }

  private static float[] normal(Random random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
