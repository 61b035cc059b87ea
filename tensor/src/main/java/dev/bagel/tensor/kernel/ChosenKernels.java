package dev.bagel.tensor.kernel;

import java.util.HashSet;
import java.util.Set;

/**
 * Fast kernels, save for the loops that the {@link SelfTest} found slow in this JVM: those are the
 * safe ones' from then on.
 */
final class ChosenKernels implements Kernels {
  /** What can be replaced by itself; every function of one or two arguments can, too. */
  enum Loop {
    SELECT,
    SUM,
    MAX,
    MATMUL,
    CONV,
    CONV_INPUT,
    CONV_FILTER,
    MAX_TAKE,
    MAX_PUT,
    MEAN_TAKE,
    MEAN_PUT,
    LOG_SOFTMAX
  }

  final Kernels fast;
  final Kernels safe;
  private volatile Set<Enum<?>> replaced = Set.of();

  ChosenKernels(Kernels fast, Kernels safe) {
    this.fast = fast;
    this.safe = safe;
  }

  /** Takes the safe loop from now on: a {@link Loop}, a {@link Unary} or a {@link Binary}. */
  synchronized void replace(Enum<?> loop) {
    Set<Enum<?>> more = new HashSet<>(replaced);
    more.add(loop);
    replaced = Set.copyOf(more);
  }

  private Kernels of(Enum<?> loop) {
    Set<Enum<?>> slow = replaced;
    return slow.isEmpty() || !slow.contains(loop) ? fast : safe;
  }

  @Override
  public String name() {
    return fast.name() + (replaced.isEmpty() ? "" : ", in part " + safe.name());
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    of(f).unary(f, x, xo, y, yo, n);
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    of(f).binary(f, a, ao, b, bo, y, yo, n);
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    of(Loop.SELECT).select(m, mo, a, ao, b, bo, y, yo, n);
  }

  @Override
  public double sum(float[] x, int xo, int n) {
    return of(Loop.SUM).sum(x, xo, n);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    return of(Loop.MAX).max(x, xo, n);
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    return of(Loop.MATMUL).matmul(g, a, b, c, then);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    return of(Loop.CONV).conv(g, x, w, y, then);
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    return of(Loop.CONV_INPUT).convInput(g, dy, w, dx, then);
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    return of(Loop.CONV_FILTER).convFilter(g, x, dy, dw);
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    return of(Loop.MAX_TAKE).maxTake(g, selector, u, y);
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    return of(Loop.MAX_PUT).maxPut(g, selector, y, x, then);
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    return of(Loop.MEAN_TAKE).meanTake(g, x, y);
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    return of(Loop.MEAN_PUT).meanPut(g, y, x);
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    return of(Loop.LOG_SOFTMAX).logSoftmax(rows, k, x, y);
  }
}
