package dev.bagel.tensor.kernel;

/**
 * Fast kernels in plain Java, for a JVM without {@code jdk.incubator.vector}: loops of the shapes
 * that C2 turns into vector instructions by itself, on JDK 17 as on 25.
 *
 * <p>The shape is always the same, {@code for j: y[j] = f(y[j], x[j], …)}: straight, one store, and
 * one index for all arrays. With {@code y[yo + j]} and {@code x[xo + j]} a loop stays scalar, since
 * a store might change what is loaded next. So operands are copied to where they have the same
 * index: a sum takes 0.37 ns for an element, and 0.16 with three copies; a rectifier 0.45, and 0.10
 * with its copy (Zen 4, JDK 17 and 25 alike). What stays scalar has no branches, see Order.
 *
 * <pre>
 *   unary, binary, select, sum, max   this class
 *   matmul                            RowProduct     ┐
 *   conv                              RowConv        │ rows of a
 *   convInput                         RowConvInput   │ RowPanel
 *   convFilter                        RowFilter      ┘
 *   maxTake, maxPut                   RowPool
 *   all that is left                  ReferenceKernels
 * </pre>
 */
public final class ScalarKernels implements Kernels {
  /** Outputs of a group from which on rows of outputs are long enough. */
  private static final int FEW_OUTPUTS = 4;

  private final Kernels reference = new ReferenceKernels();

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    switch (f) {
      case IDENTITY, NEG, ABS, SIGN, RELU, SQRT -> {
        if (x != y || xo != yo) {
          System.arraycopy(x, xo, y, yo, n);
        }
        replace(f, y, yo, yo + n);
      }
      case STEP -> step(n, x, xo, y, yo);
      default -> reference.unary(f, x, xo, y, yo, n);
    }
  }

  private static void step(int n, float[] x, int xo, float[] y, int yo) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Order.step(x[xo + j]);
    }
  }

  private static void replace(Unary f, float[] y, int from, int to) {
    switch (f) {
      case NEG -> neg(y, from, to);
      case ABS -> abs(y, from, to);
      case SIGN -> sign(y, from, to);
      case RELU -> relu(y, from, to);
      case SQRT -> sqrt(y, from, to);
      default -> {}
    }
  }

  private static void neg(float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = -y[j];
    }
  }

  private static void abs(float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = Math.abs(y[j]);
    }
  }

  /** Any number but 0 is at least 1 in size when it is multiplied by 2¹²⁷ twice. */
  private static void sign(float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = Math.max(-1, Math.min(1, y[j] * 0x1p127f * 0x1p127f));
    }
  }

  private static void relu(float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = Math.max(y[j], 0);
    }
  }

  private static void sqrt(float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = (float) Math.sqrt(y[j]);
    }
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    if (f == Binary.POW) {
      reference.binary(f, a, ao, b, bo, y, yo, n);
      return;
    }
    RowPanel panel = RowPanel.mine(2, 0, RowPanel.WIDTH);
    float[] left = panel.x[0];
    float[] right = panel.x[1];
    for (int i = 0; i < n; i += RowPanel.WIDTH) {
      int some = Math.min(RowPanel.WIDTH, n - i);
      System.arraycopy(a, ao + i, left, 0, some);
      System.arraycopy(b, bo + i, right, 0, some);
      combine(f, some, left, right);
      System.arraycopy(left, 0, y, yo + i, some);
    }
  }

  /** a = f(a, b). */
  private static void combine(Binary f, int n, float[] a, float[] b) {
    switch (f) {
      case ADD -> add(n, a, b);
      case SUB -> sub(n, a, b);
      case MUL -> mul(n, a, b);
      case DIV -> div(n, a, b);
      case MAX -> max(n, a, b);
      case MIN -> min(n, a, b);
      case GREATER_EQUAL -> greaterEqual(n, a, b);
      default -> throw new IllegalArgumentException(f + " has a loop elsewhere");
    }
  }

  private static void add(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] += b[j];
    }
  }

  private static void sub(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] -= b[j];
    }
  }

  private static void mul(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] *= b[j];
    }
  }

  private static void div(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] /= b[j];
    }
  }

  static void max(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] = Math.max(a[j], b[j]);
    }
  }

  private static void min(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] = Math.min(a[j], b[j]);
    }
  }

  private static void greaterEqual(int n, float[] a, float[] b) {
    for (int j = 0; j < n; j++) {
      a[j] = Order.greaterEqual(a[j], b[j]);
    }
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Order.select(m[mo + j], a[ao + j], b[bo + j]);
    }
  }

  /** Four sums: a single one would wait for its own last addition, four times as long. */
  @Override
  public double sum(float[] x, int xo, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = xo;
    for (; i + 4 <= xo + n; i += 4) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
    }
    for (; i < xo + n; i++) {
      s0 += x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    float m0 = Float.NEGATIVE_INFINITY;
    float m1 = m0;
    float m2 = m0;
    float m3 = m0;
    int i = xo;
    for (; i + 4 <= xo + n; i += 4) {
      m0 = Math.max(m0, x[i]);
      m1 = Math.max(m1, x[i + 1]);
      m2 = Math.max(m2, x[i + 2]);
      m3 = Math.max(m3, x[i + 3]);
    }
    for (; i < xo + n; i++) {
      m0 = Math.max(m0, x[i]);
    }
    return Math.max(Math.max(m0, m1), Math.max(m2, m3));
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    return new RowProduct(g, a, b, c, then);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    return new RowConv(g, x, w, y, then);
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    return new RowConvInput(g, dy, w, dx, then);
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    return g.groupO() < FEW_OUTPUTS
        ? reference.convFilter(g, x, dy, dw)
        : new RowFilter(g, x, dy, dw);
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    boolean own = selector.array() == u.array() && selector.offset() == u.offset();
    return own ? RowPool.max(g, u, y) : RowPool.take(g, selector, u, y);
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    return RowPool.put(g, selector, y, x, then);
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    return reference.meanTake(g, x, y);
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    return reference.meanPut(g, y, x);
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    return reference.logSoftmax(rows, k, x, y);
  }
}
