package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every implementation of {@link Kernels} promises. An implementation passes by extending this
 * class.
 *
 * <p>Products are compared with a direct computation in double. The bound is relative to the sum of
 * the absolute values of what was added, {@code Σ|x||w|}, since that is what rounding errors are
 * relative to: |error| ≤ 10⁻⁵ of it holds for any sensible order of up to some ten thousand terms.
 */
@ExtendWith(Seeded.class)
public abstract class KernelsContract {
  private static final int[] SIZES = {0, 1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 100, 257, 1024, 1025};
  private static final int[] THREADS = {1, 2, 3, 7};
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1e-40f,
    -1e-40f,
    88.8f,
    -87.5f,
    -103f,
    -104f,
    0.5f,
    0.625f,
    -0.625f,
    0.93f,
    1e-20f,
    -1e-20f,
    17f,
    -17f
  };

  private final int threads = Parallel.threads();
  private final Kernels k = new AssertingKernels(kernels());

  /** The kernels under test. */
  protected abstract Kernels kernels();

  @AfterEach
  void threadsAreAsBefore() {
    Parallel.threads(threads);
  }

  // ---- elementwise
  // --------------------------------------------------------------------------------

  @Test
  void unaryFunctionsAreWithinFourUnitsOfTheirDoubleValue(Random random) {
    for (Unary f : Unary.values()) {
      for (int n : SIZES) {
        float[] x = values(random, n + 3);
        float[] y = new float[n + 5];
        k.unary(f, x, 3, y, 2, n);
        for (int i = 0; i < n; i++) {
          same(f + " " + x[3 + i], of(f, x[3 + i]), y[2 + i]);
        }
      }
    }
  }

  @Test
  void functionsThatRoundNothingAreExact(Random random) {
    Kernels exact = new ReferenceKernels();
    for (Unary f :
        new Unary[] {
          Unary.IDENTITY,
          Unary.NEG,
          Unary.ABS,
          Unary.SIGN,
          Unary.STEP,
          Unary.RELU,
          Unary.FLOOR,
          Unary.SQRT
        }) {
      float[] x = values(random, 300);
      float[] want = new float[300];
      float[] y = new float[300];
      exact.unary(f, x, 0, want, 0, 300);
      k.unary(f, x, 0, y, 0, 300);
      assertArrayEquals(want, y, f.name());
    }
  }

  @Test
  void anElementDoesNotDependOnItsPlaceInTheBlock(Random random) {
    float[] x = values(random, 203);
    for (Unary f : Unary.values()) {
      float[] all = new float[203];
      k.unary(f, x, 0, all, 0, 203);
      for (int from : new int[] {1, 5, 16, 190}) {
        float[] some = new float[203 - from];
        k.unary(f, x, from, some, 0, 203 - from);
        assertArrayEquals(Arrays.copyOfRange(all, from, 203), some, f.name());
      }
    }
  }

  @Test
  void binaryFunctionsAreExact(Random random) {
    for (Binary f : Binary.values()) {
      for (int n : SIZES) {
        float[] a = values(random, n + 1);
        float[] b = values(random, n + 2);
        float[] y = new float[n + 4];
        k.binary(f, a, 1, b, 2, y, 3, n);
        for (int i = 0; i < n; i++) {
          assertEquals(of(f, a[1 + i], b[2 + i]), y[3 + i], f + " " + a[1 + i] + " " + b[2 + i]);
        }
      }
    }
  }

  @Test
  void resultsMayReplaceOperands(Random random) {
    int n = 1037;
    float[] a = values(random, n);
    float[] b = values(random, n);
    float[] want = new float[n];
    for (Unary f : Unary.values()) {
      k.unary(f, a, 0, want, 0, n);
      float[] y = a.clone();
      k.unary(f, y, 0, y, 0, n);
      assertArrayEquals(want, y, f.name());
    }
    for (Binary f : Binary.values()) {
      k.binary(f, a, 0, b, 0, want, 0, n);
      float[] left = a.clone();
      k.binary(f, left, 0, b, 0, left, 0, n);
      assertArrayEquals(want, left, f.name());
      float[] right = b.clone();
      k.binary(f, a, 0, right, 0, right, 0, n);
      assertArrayEquals(want, right, f.name());
    }
    k.select(a, 0, b, 0, a, 0, want, 0, n);
    float[] y = a.clone();
    k.select(y, 0, b, 0, y, 0, y, 0, n);
    assertArrayEquals(want, y);
  }

  @Test
  void selectTakesTheFirstWhereTheMaskIsNotZero(Random random) {
    for (int n : SIZES) {
      float[] m = values(random, n + 1);
      float[] a = values(random, n + 2);
      float[] b = values(random, n + 3);
      float[] y = new float[n + 4];
      k.select(m, 1, a, 2, b, 3, y, 4, n);
      for (int i = 0; i < n; i++) {
        assertEquals(m[1 + i] != 0 ? a[2 + i] : b[3 + i], y[4 + i]);
      }
    }
  }

  @Test
  void sumsAreBetterThanAddingInFloat(Random random) {
    for (int n : SIZES) {
      float[] x = uniform(random, n + 3);
      double want = 0;
      for (int i = 0; i < n; i++) {
        want += x[3 + i];
      }
      assertEquals(want, k.sum(x, 3, n), 2e-7 * 6 * (1 + want)); // runs of some tens of terms
    }
    float[] ones = new float[1 << 20];
    Arrays.fill(ones, 0.1f);
    assertEquals(
        0.1f * (double) ones.length, k.sum(ones, 0, ones.length), 1e-6 * ones.length * 0.1);
    assertTrue(Double.isNaN(k.sum(new float[] {1, Float.NaN}, 0, 2)));
  }

  @Test
  void maxIsExactAndPropagatesNaN(Random random) {
    for (int n : SIZES) {
      float[] x = normal(random, n + 3);
      float want = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        want = Math.max(want, x[3 + i]);
      }
      assertEquals(want, k.max(x, 3, n));
      if (n > 0) {
        x[3 + random.nextInt(n)] = Float.NaN;
        assertTrue(Float.isNaN(k.max(x, 3, n)));
      }
    }
  }

  // ---- products
  // -----------------------------------------------------------------------------------

  @Test
  void productsOfAllSmallShapesAreRight(Random random) {
    for (int m = 1; m <= 5; m++) {
      for (int n = 1; n <= 5; n++) {
        for (int l = 1; l <= 5; l++) {
          for (int flags = 0; flags < 4; flags++) {
            product(random, new Product(1, m, n, l, (flags & 1) > 0, (flags & 2) > 0, 0, 0));
          }
        }
      }
    }
  }

  @Test
  void productsOfOddShapesAreRight(Random random) {
    int[][] shapes = {
      {1, 1, 1000}, {1, 300, 500}, {3, 129, 77}, {8, 32, 9}, {9, 33, 10}, {17, 31, 400},
      {64, 64, 64}, {97, 101, 385}, {200, 65, 33}, {65, 10, 1000}, {130, 257, 390}, {5, 1000, 3}
    };
    for (int[] s : shapes) {
      for (int flags = 0; flags < 4; flags++) {
        product(random, Product.of(s[0], s[1], s[2], (flags & 1) > 0, (flags & 2) > 0));
      }
    }
  }

  @Test
  void productsOfNothingAreZero() {
    float[] c = {1, 2, 3, 4, 5, 6};
    k.matmul(
            Product.of(2, 3, 0, false, false),
            Span.of(new float[0]),
            Span.of(new float[0]),
            Span.of(c))
        .run();
    assertArrayEquals(new float[6], c);
    for (int[] s : new int[][] {{0, 3, 2}, {3, 0, 2}, {0, 0, 0}}) {
      k.matmul(
              Product.of(s[0], s[1], s[2], false, false),
              Span.of(new float[s[0] * s[2]]),
              Span.of(new float[s[1] * s[2]]),
              Span.of(new float[0]))
          .run();
    }
  }

  @Test
  void aBatchMayShareAnOperand(Random random) {
    for (int i = 0; i < 40; i++) {
      int m = 1 + random.nextInt(40);
      int n = 1 + random.nextInt(80);
      int l = 1 + random.nextInt(60);
      int strideA = random.nextBoolean() ? 0 : m * l + random.nextInt(3);
      int strideB = random.nextBoolean() ? 0 : l * n + random.nextInt(3);
      product(
          random,
          new Product(
              1 + random.nextInt(6),
              m,
              n,
              l,
              random.nextBoolean(),
              random.nextBoolean(),
              strideA,
              strideB));
    }
  }

  private void product(Random random, Product g) {
    float[] a = normal(random, (g.batch() - 1) * g.strideA() + g.m() * g.k() + 1);
    float[] b = normal(random, (g.batch() - 1) * g.strideB() + g.n() * g.k() + 2);
    float[] c = new float[g.batch() * g.m() * g.n() + 4];
    Span left = new Span(a, 1, a.length - 1, random.nextBoolean());
    Span right = new Span(b, 2, b.length - 2, random.nextBoolean());
    k.matmul(g, left, right, new Span(c, 3, c.length - 4, false)).run();
    for (int at = 0; at < c.length - 4; at++) {
      int p = at / g.n() / g.m();
      int i = at / g.n() % g.m();
      int j = at % g.n();
      double sum = 0;
      double size = 0;
      for (int l = 0; l < g.k(); l++) {
        double term =
            (double) a[1 + p * g.strideA() + (g.transA() ? l * g.m() + i : i * g.k() + l)]
                * b[2 + p * g.strideB() + (g.transB() ? j * g.k() + l : l * g.n() + j)];
        sum += term;
        size += Math.abs(term);
      }
      assertEquals(sum, c[3 + at], 1e-5 * size + 1e-30, g.toString());
    }
  }

  // ---- convolution
  // --------------------------------------------------------------------------------

  @Test
  void convolutionIsItsDefinition(Random random) {
    for (int i = 0; i < 300; i++) {
      checkConvolution(geometry(random), random);
    }
  }

  private void checkConvolution(Conv g, Random random) {
    float[] x = normal(random, g.input().size());
    float[] w = normal(random, g.filters().size());
    float[] dy = normal(random, g.output().size());
    Naive want = new Naive(g, x, w, dy);
    float[] y = new float[dy.length];
    k.conv(g, Span.of(x), fixed(random, w), Span.of(y)).run();
    want.y.check("conv " + g, y, mayMix(g));
    float[] dx = new float[x.length];
    k.convInput(g, Span.of(dy), fixed(random, w), Span.of(dx)).run();
    want.dx.check("convInput " + g, dx, mayMix(g));
    float[] dw = new float[w.length];
    k.convFilter(g, Span.of(x), Span.of(dy), Span.of(dw)).run();
    want.dw.check("convFilter " + g, dw, mayMix(g));
  }

  @Test
  void convolutionOfSmallImagesInWidePaddingIsItsDefinition(Random random) {
    for (int i = 0; i < 300; i++) {
      checkConvolution(mostlyPadding(random), random);
    }
  }

  @Test
  void convolutionReadsAndWritesOnlyItsSpans(Random random) {
    for (int i = 0; i < 40; i++) {
      Conv g = geometry(random);
      float[] memory = normal(random, 5 + g.input().size() + g.filters().size());
      Span x = new Span(memory, 2, g.input().size(), false);
      Span w = new Span(memory, 3 + g.input().size(), g.filters().size(), false);
      float[] y = new float[g.output().size() + 9]; // what lies around it is checked by the wrapper
      k.conv(g, x, w, new Span(y, 4, g.output().size(), false)).run();
      float[] dx = new float[g.input().size() + 9];
      Span at = new Span(y, 4, g.output().size(), false);
      k.convInput(g, at, w, new Span(dx, 5, g.input().size(), false)).run();
      float[] dw = new float[g.filters().size() + 9];
      k.convFilter(g, x, at, new Span(dw, 5, g.filters().size(), false)).run();
    }
  }

  @Test
  void anEpilogueSeesEachElementOnceWhenItIsFinal(Random random) {
    Epilogue nothing = (from, to) -> {};
    for (int i = 0; i < 60; i++) {
      Conv g = geometry(random);
      Span x = Span.of(normal(random, g.input().size()));
      Span w = Span.of(normal(random, g.filters().size()));
      Span y = Span.of(normal(random, g.output().size()));
      Span dx = Span.of(new float[g.input().size()]);
      k.convInput(g, y, w, dx, nothing).run();
      k.conv(g, x, w, y, nothing).run();
      boolean left = random.nextBoolean();
      boolean right = random.nextBoolean();
      int m = 1 + random.nextInt(random.nextBoolean() ? 2 : 90);
      Product p = new Product(1, m, 1 + random.nextInt(150), random.nextInt(90), left, right, 0, 0);
      Span a = Span.of(normal(random, p.m() * p.k()));
      Span b = Span.of(normal(random, p.k() * p.n()));
      k.matmul(p, a, b, Span.of(new float[p.m() * p.n()]), nothing).run();
      Window v = window(random);
      Span s = Span.of(normal(random, v.input().size()));
      Span t = Span.of(normal(random, v.output().size()));
      k.maxPut(v, s, t, Span.of(new float[v.input().size()]), nothing).run();
    }
  }

  @Test
  void gradientsAreAdjoints(Random random) {
    for (int i = 0; i < 60; i++) {
      Conv g = geometry(random);
      float[] x = normal(random, g.input().size());
      float[] w = normal(random, g.filters().size());
      float[] v = normal(random, g.output().size());
      float[] y = new float[v.length];
      float[] dx = new float[x.length];
      float[] dw = new float[w.length];
      k.conv(g, Span.of(x), Span.of(w), Span.of(y)).run();
      k.convInput(g, Span.of(v), Span.of(w), Span.of(dx)).run();
      k.convFilter(g, Span.of(x), Span.of(v), Span.of(dw)).run();
      double size = Math.sqrt(dot(y, y) * dot(v, v));
      assertEquals(dot(y, v), dot(x, dx), 1e-5 * size + 1e-4, g.toString());
      assertEquals(dot(y, v), dot(w, dw), 1e-5 * size + 1e-4, g.toString());
    }
  }

  @Test
  void aNaNInTheImageReachesTheSameOutputsAsInTheReference(Random random) {
    for (int i = 0; i < 40; i++) {
      Conv g = geometry(random);
      float[] x = normal(random, g.input().size());
      int at = random.nextInt(x.length);
      int image = at / (x.length / g.n());
      x[at] = Float.NaN;
      float[] w = normal(random, g.filters().size());
      float[] want = new float[g.output().size()];
      float[] y = new float[want.length];
      new ReferenceKernels().conv(g, Span.of(x), Span.of(w), Span.of(want)).run();
      k.conv(g, Span.of(x), Span.of(w), Span.of(y)).run();
      for (int j = 0; j < y.length; j++) {
        boolean other = j / (want.length / g.n()) != image;
        if (Float.isNaN(want[j]) || other || !mayMix(g)) {
          assertEquals(Float.isNaN(want[j]), Float.isNaN(y[j]), g.toString());
        }
      }
    }
  }

  /** Many channels over few pixels, where some taps, and whole phases of a stride, read padding. */
  private static Conv mostlyPadding(Random r) {
    int[] channels = {1, 2, 3, 4, 8, 15, 16, 17, 28, 32, 33, 48};
    while (true) {
      int c = channels[r.nextInt(channels.length)];
      int o = channels[r.nextInt(channels.length)];
      int kh = 1 + r.nextInt(5);
      int kw = 1 + r.nextInt(5);
      int h = 1 + r.nextInt(r.nextInt(4) == 0 ? 40 : 6);
      int w = 1 + r.nextInt(r.nextInt(4) == 0 ? 40 : 6);
      int top = r.nextInt(6);
      int left = r.nextInt(6);
      int bottom = r.nextInt(6);
      int right = r.nextInt(6);
      int stride = 1 + r.nextInt(4);
      int dilation = 1 + r.nextInt(2);
      if (h + top + bottom > (kh - 1) * dilation && w + left + right > (kw - 1) * dilation) {
        return new Conv(
            1 + r.nextInt(3),
            c,
            h,
            w,
            o,
            kh,
            kw,
            stride,
            stride,
            top,
            left,
            bottom,
            right,
            dilation,
            dilation,
            1);
      }
    }
  }

  /** A geometry with at most some ten million multiplications. */
  private static Conv geometry(Random r) {
    while (true) {
      int groups = r.nextInt(4) == 0 ? 1 + r.nextInt(4) : 1;
      int c = 1 + r.nextInt(r.nextInt(6) == 0 ? 70 : 6);
      int o = 1 + r.nextInt(r.nextInt(6) == 0 ? 70 : 9);
      if (r.nextInt(6) == 0) { // depthwise
        groups = 1 + r.nextInt(40);
        c = 1;
        o = 1 + r.nextInt(2);
      }
      boolean point = r.nextInt(6) == 0;
      int kh = point ? 1 : 1 + r.nextInt(5);
      int kw = point ? 1 : 1 + r.nextInt(5);
      int n = 1 + r.nextInt(r.nextInt(4) == 0 ? 40 : 4);
      int h = 1 + r.nextInt(r.nextInt(6) == 0 ? 70 : 17);
      int w = 1 + r.nextInt(r.nextInt(6) == 0 ? 70 : 17);
      int dy = 1 + r.nextInt(2);
      int dx = 1 + r.nextInt(2);
      if (r.nextInt(4) == 0) { // what most networks are made of
        return ordinary(r);
      }
      int top = r.nextInt(4);
      int left = r.nextInt(4);
      int bottom = r.nextInt(4);
      int right = r.nextInt(4);
      boolean fits = h + top + bottom > (kh - 1) * dy && w + left + right > (kw - 1) * dx;
      if (fits && (long) n * groups * c * o * h * w * kh * kw < 10_000_000) {
        return new Conv(
            n,
            groups * c,
            h,
            w,
            groups * o,
            kh,
            kw,
            1 + r.nextInt(3),
            1 + r.nextInt(3),
            top,
            left,
            bottom,
            right,
            dy,
            dx,
            groups);
      }
    }
  }

  /** Many channels, a square kernel, a stride of 1 or 2. */
  private static Conv ordinary(Random r) {
    int k = 1 + 2 * r.nextInt(3);
    int stride = r.nextInt(3) == 0 ? 2 : 1;
    int p = r.nextInt(k);
    int h = Math.max(1, k - 2 * p) + r.nextInt(14);
    int w = r.nextBoolean() ? h : Math.max(1, k - 2 * p) + r.nextInt(14);
    int n = 1 + r.nextInt(h * w > 100 ? 2 : 9);
    int c = 14 + r.nextInt(36);
    int o = 14 + r.nextInt(36);
    return new Conv(n, c, h, w, o, k, k, stride, stride, p, p, p, p, 1, 1, 1);
  }

  /**
   * Whether a fast algorithm may mix neighbours: then errors are relative to the largest sum of an
   * image, and a NaN may reach the pixels around those that it belongs to.
   */
  private static boolean mayMix(Conv g) {
    return g.kh() == g.kw() && g.kh() > 1 && g.strideX() == 1 && g.strideY() == 1;
  }

  /** Numbers in double, each with the sum of the absolute values of its terms. */
  private static final class Sums {
    final double[] sum;
    final double[] size;

    Sums(int n) {
      sum = new double[n];
      size = new double[n];
    }

    void add(int i, double term) {
      sum[i] += term;
      size[i] += Math.abs(term);
    }

    void check(String what, float[] got) {
      check(what, got, false);
    }

    void check(String what, float[] got, boolean mixed) {
      double largest = Arrays.stream(size).max().orElse(0);
      for (int i = 0; i < got.length; i++) {
        double bound = 1e-5 * (mixed ? largest : size[i]) + 1e-30;
        assertEquals(sum[i], got[i], bound, what + " at " + i);
      }
    }
  }

  /** The three products of a convolution, term by term. */
  private static final class Naive {
    final Sums y;
    final Sums dx;
    final Sums dw;

    Naive(Conv g, float[] x, float[] w, float[] v) {
      y = new Sums(v.length);
      dx = new Sums(x.length);
      dw = new Sums(w.length);
      for (int out = 0; out < v.length; out++) {
        int q = out % g.ow();
        int r = out / g.ow() % g.oh();
        int o = out / g.ow() / g.oh() % g.o();
        int n = out / g.ow() / g.oh() / g.o();
        for (int t = 0; t < g.groupC() * g.kh() * g.kw(); t++) {
          int row = r * g.strideY() + t / g.kw() % g.kh() * g.dilationY() - g.top();
          int column = q * g.strideX() + t % g.kw() * g.dilationX() - g.left();
          if (row >= 0 && row < g.h() && column >= 0 && column < g.w()) {
            int c = o / g.groupO() * g.groupC() + t / g.kw() / g.kh();
            int in = ((n * g.c() + c) * g.h() + row) * g.w() + column;
            int tap = o * g.groupC() * g.kh() * g.kw() + t;
            y.add(out, (double) x[in] * w[tap]);
            dx.add(in, (double) v[out] * w[tap]);
            dw.add(tap, (double) v[out] * x[in]);
          }
        }
      }
    }
  }

  // ---- pooling
  // ------------------------------------------------------------------------------------

  @Test
  void maxPoolingTakesTheFirstLargestElement(Random random) {
    for (int i = 0; i < 300; i++) {
      Window g = window(random);
      float[] s = ties(random, g.input().size());
      float[] u = normal(random, s.length);
      float[] v = normal(random, g.output().size());
      float[] want = new float[v.length];
      float[] put = new float[s.length];
      for (int at = 0; at < v.length; at++) {
        int place = first(g, s, at);
        want[at] = u[place];
        put[place] += v[at];
      }
      float[] y = new float[v.length];
      k.maxTake(g, Span.of(s), Span.of(u), Span.of(y)).run();
      assertArrayEquals(want, y, g.toString());
      float[] x = new float[s.length];
      k.maxPut(g, Span.of(s), Span.of(v), Span.of(x)).run();
      assertArrayEquals(put, x, 1e-5f, g.toString());
      k.maxTake(g, Span.of(s), Span.of(s), Span.of(y)).run();
      for (int at = 0; at < y.length; at++) {
        assertEquals(0, s[first(g, s, at)] - y[at] + 0f, 0f, g.toString());
      }
    }
  }

  @Test
  void aNaNIsLargerThanEverything(Random random) {
    for (int i = 0; i < 100; i++) {
      Window g = window(random);
      float[] s = ties(random, g.input().size());
      for (int j = 0; j < s.length; j += 1 + random.nextInt(9)) {
        s[j] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
      float[] u = normal(random, s.length);
      float[] y = new float[g.output().size()];
      k.maxTake(g, Span.of(s), Span.of(u), Span.of(y)).run();
      float[] pooled = new float[y.length];
      k.maxTake(g, Span.of(s), Span.of(s), Span.of(pooled)).run();
      for (int at = 0; at < y.length; at++) {
        assertEquals(u[first(g, s, at)], y[at], g.toString());
        assertEquals(s[first(g, s, at)] + 0f, pooled[at] + 0f, g.toString());
      }
    }
  }

  /** Place of the first largest element of an output's window; the first NaN, if there is one. */
  private static int first(Window g, float[] s, int out) {
    int plane = out / g.ow() / g.oh() * g.h() * g.w();
    int r = out / g.ow() % g.oh();
    int q = out % g.ow();
    int best = -1;
    for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
      for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
        int at = plane + row * g.w() + column;
        if (best < 0 || (!Float.isNaN(s[best]) && (Float.isNaN(s[at]) || s[at] > s[best]))) {
          best = at;
        }
      }
    }
    return best;
  }

  @Test
  void meanPoolingDividesByTheCellsThatCount(Random random) {
    for (int i = 0; i < 200; i++) {
      Window g = window(random);
      float[] x = normal(random, g.input().size());
      float[] v = normal(random, g.output().size());
      Sums mean = new Sums(v.length);
      Sums share = new Sums(x.length);
      for (int at = 0; at < v.length; at++) {
        int r = at / g.ow() % g.oh();
        int q = at % g.ow();
        for (int row = g.rowFrom(r); row < g.rowTo(r); row++) {
          for (int column = g.columnFrom(q); column < g.columnTo(q); column++) {
            int in = (at / g.ow() / g.oh() * g.h() + row) * g.w() + column;
            mean.add(at, (double) x[in] / g.cells(r, q));
            share.add(in, (double) v[at] / g.cells(r, q));
          }
        }
      }
      float[] y = new float[v.length];
      k.meanTake(g, Span.of(x), Span.of(y)).run();
      mean.check("meanTake " + g, y);
      float[] dx = new float[x.length];
      k.meanPut(g, Span.of(v), Span.of(dx)).run();
      share.check("meanPut " + g, dx);
    }
  }

  @Test
  void putIsTheAdjointOfTake(Random random) {
    for (int i = 0; i < 60; i++) {
      Window g = window(random);
      float[] s = normal(random, g.input().size());
      float[] x = normal(random, s.length);
      float[] v = normal(random, g.output().size());
      float[] y = new float[v.length];
      float[] dx = new float[s.length];
      k.maxTake(g, Span.of(s), Span.of(x), Span.of(y)).run();
      k.maxPut(g, Span.of(s), Span.of(v), Span.of(dx)).run();
      assertEquals(dot(y, v), dot(x, dx), 1e-5 * (1 + Math.sqrt(dot(y, y) * dot(v, v))));
      k.meanTake(g, Span.of(x), Span.of(y)).run();
      k.meanPut(g, Span.of(v), Span.of(dx)).run();
      assertEquals(dot(y, v), dot(x, dx), 1e-5 * (1 + Math.sqrt(dot(y, y) * dot(v, v))));
    }
  }

  /** Windows: often the common ones, else anything that is legal. */
  private static Window window(Random r) {
    while (true) {
      boolean common = r.nextBoolean();
      int kh = common ? 2 + r.nextInt(2) : 1 + r.nextInt(4);
      int kw = common ? kh : 1 + r.nextInt(4);
      int sy = common ? 2 : 1 + r.nextInt(3);
      int sx = common ? 2 : 1 + r.nextInt(3);
      int h = 1 + r.nextInt(20);
      int w = 1 + r.nextInt(r.nextInt(3) == 0 ? 80 : 20);
      int[] pads = new int[4];
      if (!common || r.nextInt(4) == 0) {
        pads = new int[] {r.nextInt(kh), r.nextInt(kw), r.nextInt(kh), r.nextInt(kw)};
      }
      boolean ceil = r.nextBoolean();
      if (h + pads[0] + pads[2] >= kh && w + pads[1] + pads[3] >= kw) {
        Shape s = Shape.of(1 + r.nextInt(3), 1 + r.nextInt(5), h, w);
        return Window.of(s, kh, kw, sy, sx, pads, ceil, r.nextBoolean());
      }
    }
  }

  private static float[] ties(Random r, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = r.nextInt(4) - 2;
    }
    return x;
  }

  // ---- softmax
  // ------------------------------------------------------------------------------------

  @Test
  void logSoftmaxIsItsDefinition(Random random) {
    for (int n : new int[] {1, 2, 3, 10, 16, 33, 1000}) {
      int rows = 1 + random.nextInt(200);
      float[] x = normal(random, rows * n + 1);
      x[1] = 200; // e^200 is no float
      float[] y = new float[rows * n + 2];
      Span in = new Span(x, 1, rows * n, false);
      k.logSoftmax(rows, n, in, new Span(y, 2, rows * n, false)).run();
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += Math.exp((double) x[1 + r * n + j] - 200);
        }
        for (int j = 0; j < n; j++) {
          double want = (double) x[1 + r * n + j] - 200 - Math.log(sum);
          assertEquals(want, y[2 + r * n + j], 2e-6 * (1 + Math.abs(want)));
        }
      }
    }
  }

  @Test
  void logSoftmaxOfANaNIsNaNInItsRowOnly() {
    float[] y = new float[6];
    k.logSoftmax(2, 3, Span.of(new float[] {1, Float.NaN, 2, 1, 2, 3}), Span.of(y)).run();
    for (int i = 0; i < 6; i++) {
      assertEquals(i < 3, Float.isNaN(y[i]));
    }
  }

  // ---- running
  // ------------------------------------------------------------------------------------

  @Test
  void anyNumberOfThreadsGivesTheSameBits(Random random) {
    for (int i = 0; i < 25; i++) {
      Conv g = geometry(random);
      Product p =
          Product.of(
              1 + random.nextInt(200),
              1 + random.nextInt(200),
              1 + random.nextInt(500),
              random.nextBoolean(),
              random.nextBoolean());
      Window w = window(random);
      float[] x = normal(random, g.input().size());
      float[] f = normal(random, g.filters().size());
      float[] v = normal(random, g.output().size());
      float[] a = normal(random, p.m() * p.k());
      float[] b = normal(random, p.k() * p.n());
      float[] s = normal(random, w.input().size());
      float[] t = normal(random, w.output().size());
      float[][] out = {
        new float[v.length], new float[x.length], new float[f.length], new float[p.m() * p.n()],
        new float[t.length], new float[s.length], new float[t.length], new float[s.length],
        new float[a.length]
      };
      Kernel[] all = {
        k.conv(g, Span.of(x), Span.of(f), Span.of(out[0])),
        k.convInput(g, Span.of(v), Span.of(f), Span.of(out[1])),
        k.convFilter(g, Span.of(x), Span.of(v), Span.of(out[2])),
        k.matmul(p, Span.of(a), Span.of(b), Span.of(out[3])),
        k.maxTake(w, Span.of(s), Span.of(s), Span.of(out[4])),
        k.maxPut(w, Span.of(s), Span.of(t), Span.of(out[5])),
        k.meanTake(w, Span.of(s), Span.of(out[6])),
        k.meanPut(w, Span.of(t), Span.of(out[7])),
        k.logSoftmax(p.m(), p.k(), Span.of(a), Span.of(out[8]))
      };
      float[][] first = null;
      for (int n : THREADS) {
        Parallel.threads(n);
        for (int again = 0; again < 2; again++) {
          for (Kernel kernel : all) {
            kernel.run();
          }
          if (first == null) {
            first = Arrays.stream(out).map(float[]::clone).toArray(float[][]::new);
          }
          for (int j = 0; j < out.length; j++) {
            assertArrayEquals(first[j], out[j], "kernel " + j + ", " + n + " threads, " + g);
          }
        }
      }
    }
  }

  @Test
  void aSecondRunSeesNewInputsAndOnlyFixedOnesMayBeRemembered(Random random) {
    for (int i = 0; i < 20; i++) {
      Conv g = geometry(random);
      float[] x = normal(random, g.input().size());
      float[] w = normal(random, g.filters().size());
      float[] y = new float[g.output().size()];
      boolean fixed = random.nextBoolean();
      Kernel kernel = k.conv(g, Span.of(x), new Span(w, 0, w.length, fixed), Span.of(y));
      kernel.run();
      refill(random, x);
      if (!fixed) {
        refill(random, w);
      }
      kernel.run();
      float[] want = new float[y.length];
      k.conv(g, Span.of(x), Span.of(w), Span.of(want)).run();
      assertArrayEquals(want, y, g.toString());

      Product p =
          Product.of(
              1 + random.nextInt(random.nextInt(3) == 0 ? 1 : 70),
              1 + random.nextInt(500),
              1 + random.nextInt(900),
              false,
              random.nextBoolean());
      float[] a = normal(random, p.m() * p.k());
      float[] b = normal(random, p.k() * p.n());
      float[] c = new float[p.m() * p.n()];
      Kernel product = k.matmul(p, Span.of(a), new Span(b, 0, b.length, fixed), Span.of(c));
      product.run();
      refill(random, a);
      if (!fixed) {
        refill(random, b);
      }
      product.run();
      float[] wanted = new float[c.length];
      k.matmul(p, Span.of(a), new Span(b, 0, b.length, !fixed), Span.of(wanted)).run();
      assertArrayEquals(wanted, c, p.toString());
    }
  }

  // ---- numbers
  // ------------------------------------------------------------------------------------

  private static Span fixed(Random random, float[] w) {
    return new Span(w, 0, w.length, random.nextBoolean());
  }

  private static float[] normal(Random r, int n) {
    float[] x = new float[n];
    refill(r, x);
    return x;
  }

  private static void refill(Random r, float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) r.nextGaussian();
    }
  }

  private static float[] uniform(Random r, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = r.nextFloat();
    }
    return x;
  }

  /** Numbers of all sizes, and every special one. */
  private static float[] values(Random r, int n) {
    float[] x = normal(r, n);
    for (int i = 0; i < n; i++) {
      int kind = r.nextInt(6);
      if (kind == 0) {
        x[i] = SPECIAL[r.nextInt(SPECIAL.length)];
      } else if (kind == 1) {
        x[i] *= (float) Math.pow(10, r.nextInt(60) - 30);
      } else if (kind == 2) {
        x[i] *= 20;
      }
    }
    return x;
  }

  private static double dot(float[] a, float[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += (double) a[i] * b[i];
    }
    return s;
  }

  private static void same(String what, double want, float got) {
    if (Double.isNaN(want) || (Double.isInfinite((float) want) && Double.isInfinite(got))) {
      assertEquals((float) want, got, what);
    } else {
      assertEquals(want, got, 4 * Math.ulp((float) want), what);
    }
  }

  private static double of(Unary f, double x) {
    return switch (f) {
      case IDENTITY -> x;
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case STEP -> x > 0 ? 1 : 0;
      case RELU -> Math.max(x, 0);
      case FLOOR -> Math.floor(x);
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ERF -> Erf.of(x);
    };
  }

  private static float of(Binary f, float a, float b) {
    return switch (f) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POW -> (float) Math.pow(a, b);
      case GREATER_EQUAL -> a >= b ? 1 : 0;
    };
  }
}
