package dev.bagel.tensor.kernel;

import java.util.List;

/**
 * The loops that are worth making fast, on flat row-major arrays.
 *
 * <p>{@link ReferenceKernels} is the definition, which people read; every other implementation
 * gives its answers up to rounding, and passes the same contract suite. Two kinds of method:
 *
 * <ul>
 *   <li>short loops ({@link #unary}, {@link #sum}, …) over one block that fits the first-level
 *       cache; {@link Pointwise} and {@link Reduction} call them, block by block and in parallel;
 *   <li>heavy ones ({@link #conv}, {@link #matmul}, …) that are prepared once, as a {@link Kernel},
 *       and then run many times without allocating. They split their own work over {@link
 *       Parallel}.
 * </ul>
 */
public interface Kernels {
  /** What {@code bagel info} calls it, such as {@code vector 512}. */
  String name();

  /** yᵢ = f(xᵢ) for {@code n} elements; y may be x. */
  void unary(Unary f, float[] x, int xo, float[] y, int yo, int n);

  /** yᵢ = f(aᵢ, bᵢ) for {@code n} elements; y may be a or b. */
  void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** yᵢ = mᵢ ≠ 0 ? aᵢ : bᵢ for {@code n} elements; y may be any of them. */
  void select(float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** Σ xᵢ over {@code n} elements, with an error below that of summing in float one by one. */
  double sum(float[] x, int xo, int n);

  /** max xᵢ over {@code n} elements; −∞ if there are none, NaN if one is. */
  float max(float[] x, int xo, int n);

  /** {@code c = op(a) · op(b)}, a batch of them. */
  default Kernel matmul(Product g, Span a, Span b, Span c) {
    return matmul(g, a, b, c, Epilogue.NONE);
  }

  /** The same, and {@code then} over each piece of the result. */
  Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then);

  /** y = x ⋆ w: cross-correlation. */
  default Kernel conv(Conv g, Span x, Span w, Span y) {
    return conv(g, x, w, y, Epilogue.NONE);
  }

  /** The same, and {@code then} over each piece of the result. */
  Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then);

  /** x̄ from ȳ and w: the adjoint of {@link #conv} in its input. */
  default Kernel convInput(Conv g, Span dy, Span w, Span dx) {
    return convInput(g, dy, w, dx, Epilogue.NONE);
  }

  /** The same, and {@code then} over each piece of the result. */
  Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then);

  /** w̄ from x and ȳ: the adjoint of {@link #conv} in its filters. */
  Kernel convFilter(Conv g, Span x, Span dy, Span dw);

  /**
   * y[window] = u[first place of the window where {@code selector} is largest]. Max pooling is this
   * with u = selector. A NaN counts as larger than everything.
   */
  Kernel maxTake(Window g, Span selector, Span u, Span y);

  /** The adjoint of {@link #maxTake} in u: x[that place] += y[window], zero elsewhere. */
  default Kernel maxPut(Window g, Span selector, Span y, Span x) {
    return maxPut(g, selector, y, x, Epilogue.NONE);
  }

  /** The same, and {@code then} over each piece of the result. */
  Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then);

  /** y[window] = mean of x over the window. */
  Kernel meanTake(Window g, Span x, Span y);

  /** The adjoint of {@link #meanTake}: every cell of a window gets its share. */
  Kernel meanPut(Window g, Span y, Span x);

  /** yᵢⱼ = xᵢⱼ − log Σₖ exp xᵢₖ along rows of {@code k} elements. */
  Kernel logSoftmax(int rows, int k, Span x, Span y);

  /**
   * The fastest kernels of this JVM: {@code -Dbagel.kernels=scalar} asks for plain Java, else
   * vectors where the module is there.
   */
  static Kernels best() {
    return BestKernels.CHOSEN;
  }

  /** Why {@link #best} is what it is, in one line for people. */
  static String reason() {
    return BestKernels.REASON;
  }

  /**
   * How one loop fared when it was tried.
   *
   * @param loop what was computed
   * @param nanos time of the fast loop
   * @param plainNanos time of the same in plain Java
   * @param isKept whether the fast loop is used; else it was slower, because the JVM compiled it
   *     badly, and plain Java is used from now on
   */
  record Check(String loop, double nanos, double plainNanos, boolean isKept) {}

  /**
   * Compiles the hot loops by running them, and replaces those that this JVM compiles badly. It
   * takes about three seconds, and more on a busy machine; a service calls it before it takes
   * requests. Without it the first seconds of work are slow, and a badly compiled loop stays slow.
   *
   * @return how each loop fared; empty if there are no fast kernels
   */
  static List<Check> warmUp() {
    return BestKernels.CHOSEN instanceof ChosenKernels k ? new SelfTest(k).run() : List.of();
  }
}
