package dev.bagel.bench.work;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.ScalarKernels;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;

/**
 * One kernel over random numbers, ready to run: the same numbers for everybody who does the same.
 *
 * <p>Matrices may change between runs, so what a kernel does to them first is done in every run.
 * Filters are fixed, as in an attack, and may be prepared once.
 *
 * @param a the left matrix, or the images, or ȳ
 * @param b the right matrix, or the filters, or ȳ
 * @param flops floating-point operations of one run, as the direct sum counts them; 0 of pooling
 * @param shape of the result
 * @param exact any element of the result, in double
 * @param maker binds kernels to an array for the result
 */
public record KernelWork(
    Tensor a,
    Tensor b,
    double flops,
    Shape shape,
    IntToDoubleFunction exact,
    BiFunction<Kernels, Span, Kernel> maker) {
  private static final int LOOKS = 200;

  /** A product of square matrices. */
  public static KernelWork matMul(int n) {
    Tensor a = random(Shape.of(n, n), "a");
    Tensor b = random(Shape.of(n, n), "b");
    Product g = Product.of(n, n, n, false, false);
    return new KernelWork(
        a,
        b,
        2.0 * n * n * n,
        Shape.of(n, n),
        Exact.matMul(n, a, b),
        (kernels, c) -> kernels.matmul(g, moving(a), moving(b), c));
  }

  /** y from images and filters. */
  public static KernelWork convForward(ConvCase c) {
    Conv g = c.geometry();
    Tensor x = random(g.input(), "x");
    Tensor w = random(g.filters(), "w");
    return new KernelWork(
        x,
        w,
        c.flops(),
        g.output(),
        Exact.conv(g, x, w),
        (kernels, y) -> kernels.conv(g, moving(x), Span.of(w), y));
  }

  /** x̄ from ȳ and filters. */
  public static KernelWork convInput(ConvCase c) {
    Conv g = c.geometry();
    Tensor dy = random(g.output(), "dy");
    Tensor w = random(g.filters(), "w");
    return new KernelWork(
        dy,
        w,
        c.flops(),
        g.input(),
        Exact.convInput(g, dy, w),
        (kernels, dx) -> kernels.convInput(g, moving(dy), Span.of(w), dx));
  }

  /** w̄ from images and ȳ. */
  public static KernelWork convFilter(ConvCase c) {
    Conv g = c.geometry();
    Tensor x = random(g.input(), "x");
    Tensor dy = random(g.output(), "dy");
    return new KernelWork(
        x,
        dy,
        c.flops(),
        g.filters(),
        Exact.convFilter(g, x, dy),
        (kernels, dw) -> kernels.convFilter(g, moving(x), moving(dy), dw));
  }

  /** The largest of each 2×2 pixels, of 32 square images with so many channels. */
  public static KernelWork maxPool(int channels, int size) {
    Window g = halving(channels, size);
    Tensor x = random(g.input(), "x");
    return new KernelWork(
        x,
        x,
        0,
        g.output(),
        Exact.maxPool(g, x),
        (kernels, y) -> {
          Span images = moving(x);
          return kernels.maxTake(g, images, images, y);
        });
  }

  /** x̄ from ȳ: each element goes where the largest of its 2×2 pixels is. */
  public static KernelWork maxUnpool(int channels, int size) {
    Window g = halving(channels, size);
    Tensor x = random(g.input(), "x");
    Tensor dy = random(g.output(), "dy");
    return new KernelWork(
        x,
        dy,
        0,
        g.input(),
        Exact.maxUnpool(g, x, dy),
        (kernels, dx) -> kernels.maxPut(g, moving(x), moving(dy), dx));
  }

  private static Window halving(int channels, int size) {
    Shape images = Shape.of(32, channels, size, size);
    return Window.of(images, 2, 2, 2, 2, new int[4], false, false);
  }

  private static Tensor random(Shape shape, String name) {
    return Tensor.gaussian(shape, Rng.of(1).at(name));
  }

  /** A copy that a kernel must not rely on. */
  private static Span moving(Tensor t) {
    return Span.of(t.toArray());
  }

  /** A kernel, and where its result is. */
  public record Bound(Kernel kernel, float[] result) {
    /** Runs the kernel and returns the array that it fills. */
    public float[] answer() {
      kernel.run();
      return result;
    }
  }

  public Bound with(Kernels kernels) {
    float[] result = new float[shape.size()];
    return new Bound(maker.apply(kernels, Span.of(result)), result);
  }

  /**
   * The kernel of the fast loops, {@code vector}, or of those that people read, {@code scalar}; its
   * answer is right.
   */
  public Kernel checked(String kernels) {
    Kernels chosen = kernels.equals("scalar") ? new ScalarKernels() : Kernels.best();
    if (!chosen.name().startsWith(kernels)) {
      throw new IllegalStateException(
          "kernels=" + kernels + ": there are " + chosen.name() + " (" + Kernels.reason() + ")");
    }
    Bound bound = with(chosen);
    check(bound.answer());
    return bound.kernel();
  }

  /** Looks at some elements, the first and the last among them. */
  private void check(float[] result) {
    double largest = 0;
    for (float v : result) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < LOOKS; i++) {
      int place = (int) ((result.length - 1L) * i / (LOOKS - 1));
      double right = exact.applyAsDouble(place);
      if (!(Math.abs(result[place] - right) <= 1e-4 * largest)) {
        throw new IllegalStateException(
            "element " + place + " is " + result[place] + ", and should be " + right);
      }
    }
  }
}
