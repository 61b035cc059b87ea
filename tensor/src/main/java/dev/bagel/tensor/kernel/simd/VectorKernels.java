package dev.bagel.tensor.kernel.simd;

import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.ScalarKernels;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;
import dev.bagel.tensor.kernel.Window;

/**
 * The fast kernels: vector instructions through {@code jdk.incubator.vector}. Loaded by name, and
 * only where that module is; see the package for how they are made.
 */
public final class VectorKernels implements Kernels {
  private final Kernels scalar = new ScalarKernels();
  private final Elementwise elementwise = new Elementwise(scalar);

  @Override
  public String name() {
    return "vector " + Lanes.F.vectorBitSize();
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    elementwise.unary(f, x, xo, y, yo, n);
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    elementwise.binary(f, a, ao, b, bo, y, yo, n);
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    elementwise.select(m, mo, a, ao, b, bo, y, yo, n);
  }

  @Override
  public double sum(float[] x, int xo, int n) {
    return elementwise.sum(x, xo, n);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    return elementwise.max(x, xo, n);
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    if (PackedMatVec.fits(g)) {
      return new PackedMatVec(g, a, b, c, then);
    }
    if (MatVec.fits(g)) {
      return new MatVec(g, a, b, c, then);
    }
    return Turned.fits(g, b) ? new Turned(g, a, b, c, then) : new Gemm(g, a, b, c, then);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    return conv(new Direction(g, true), x, w, y, then);
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    return conv(new Direction(g, false), dy, w, dx, then);
  }

  private Kernel conv(Direction d, Span source, Span w, Span result, Epilogue then) {
    if (d.isProduct()) {
      return matmul(d.product(), w, source, result, then);
    }
    if (Winograd.fits(d.g())) {
      return new Winograd(d, source, w, result, then);
    }
    if (d.forward() && FewInputs.fits(d.g())) {
      return new FewInputs(d.g(), source, w, result, then);
    }
    if (FewOutputs.fits(d)) {
      return new FewOutputs(d, source, w, result, then);
    }
    return ChannelConv.fits(d)
        ? new ChannelConv(d, source, w, result, then)
        : new DirectConv(d, source, w, result, then);
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    if (WinogradFilter.fits(g)) {
      return new WinogradFilter(g, x, dy, dw);
    }
    boolean depthwise = g.groupC() == 1 && g.groups() > 1 && g.groupO() < Lanes.L && Lanes.L >= 8;
    return depthwise ? new DepthwiseFilter(g, x, dy, dw) : new FilterGradient(g, x, dy, dw);
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    return Pool.fits(g) ? Pool.maxTake(g, selector, u, y) : scalar.maxTake(g, selector, u, y);
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    return Pool.fits(g)
        ? Pool.maxPut(g, selector, y, x, then)
        : scalar.maxPut(g, selector, y, x, then);
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    return Pool.fits(g) ? Pool.meanTake(g, x, y) : scalar.meanTake(g, x, y);
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    return Pool.fits(g) ? Pool.meanPut(g, y, x) : scalar.meanPut(g, y, x);
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    return k < 32 ? scalar.logSoftmax(rows, k, x, y) : new LogSoftmax(elementwise, rows, k, x, y);
  }
}
