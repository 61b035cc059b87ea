package dev.bagel.tensor.kernel;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

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
  private final Map<Loop, Kernels> loops = Collections.synchronizedMap(new EnumMap<>(Loop.class));
  private final Kernels[] unary = new Kernels[Unary.values().length];
  private final Kernels[] binary = new Kernels[Binary.values().length];
  private volatile boolean whole = true;

  ChosenKernels(Kernels fast, Kernels safe) {
    this.fast = fast;
    this.safe = safe;
    Arrays.fill(unary, fast);
    Arrays.fill(binary, fast);
    for (Loop loop : Loop.values()) {
      loops.put(loop, fast);
    }
  }

  /** Takes the safe loop from now on: a {@link Loop}, a {@link Unary} or a {@link Binary}. */
  void replace(Enum<?> loop) {
    whole = false;
    if (loop instanceof Unary f) {
      unary[f.ordinal()] = safe;
    } else if (loop instanceof Binary f) {
      binary[f.ordinal()] = safe;
    } else {
      loops.put((Loop) loop, safe);
    }
  }

  private Kernels of(Loop loop) {
    return whole ? fast : loops.get(loop);
  }

  @Override
  public String name() {
    return fast.name() + (whole ? "" : ", in part " + safe.name());
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    unary[f.ordinal()].unary(f, x, xo, y, yo, n);
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    binary[f.ordinal()].binary(f, a, ao, b, bo, y, yo, n);
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
  public Kernel matmul(Product g, Span a, Span b, Span c) {
    return of(Loop.MATMUL).matmul(g, a, b, c);
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    return of(Loop.MATMUL).matmul(g, a, b, c, then);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y) {
    return of(Loop.CONV).conv(g, x, w, y);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    return of(Loop.CONV).conv(g, x, w, y, then);
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx) {
    return of(Loop.CONV_INPUT).convInput(g, dy, w, dx);
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
  public Kernel maxPut(Window g, Span selector, Span y, Span x) {
    return of(Loop.MAX_PUT).maxPut(g, selector, y, x);
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
