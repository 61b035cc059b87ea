package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;

/**
 * Kernels that fill their result with NaN before they run. Whoever reads what they have not written
 * yet, or gives them an argument's memory for the result, gets NaN.
 */
record PoisoningKernels(Kernels inner) implements Kernels {
  private static Kernel poisoned(Span y, Kernel kernel) {
    return () -> {
      Arrays.fill(y.array(), y.offset(), y.offset() + y.length(), Float.NaN);
      kernel.run();
    };
  }

  @Override
  public String name() {
    return "poisoning " + inner.name();
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    inner.unary(f, x, xo, y, yo, n);
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    inner.binary(f, a, ao, b, bo, y, yo, n);
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    inner.select(m, mo, a, ao, b, bo, y, yo, n);
  }

  @Override
  public double sum(float[] x, int xo, int n) {
    return inner.sum(x, xo, n);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    return inner.max(x, xo, n);
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    return poisoned(c, inner.matmul(g, a, b, c, then));
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    return poisoned(y, inner.conv(g, x, w, y, then));
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    return poisoned(dx, inner.convInput(g, dy, w, dx, then));
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    return poisoned(dw, inner.convFilter(g, x, dy, dw));
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    return poisoned(y, inner.maxTake(g, selector, u, y));
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    return poisoned(x, inner.maxPut(g, selector, y, x, then));
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    return poisoned(y, inner.meanTake(g, x, y));
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    return poisoned(x, inner.meanPut(g, y, x));
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    return poisoned(y, inner.logSoftmax(rows, k, x, y));
  }
}
