package dev.bagel.tensor.kernel;

import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Warms up the fast kernels and looks whether this JVM compiled them well.
 *
 * <p>The just-in-time compiler sometimes fails to keep vectors in registers, for the life of the
 * JVM: the loop then runs ten to a hundred times slower than plain Java, and silently. So each loop
 * runs on tiny problems until it keeps up with the safe kernels' loop; usually that is as long as
 * compiling it takes, which whoever needs low latency has to spend anyway. A loop that has been
 * called often enough to be compiled, and is still far slower some time after, is replaced.
 *
 * <p>All loops take turns: the compiler, which works beside, always has something to do, and what
 * it sees of a method that several loops share is all of their problems, not the first one's. (What
 * it has never seen it leaves out, and when that comes it starts again.)
 */
final class SelfTest {
  /** Rounds that every loop goes: the safe one, too, must be compiled to be a yardstick. */
  private static final int ROUNDS = 60;

  /** Runs after which a loop is compiled for good. */
  private static final int RUNS = 20_000;

  /** Nanoseconds that it may then take the compiler to get there, on a busy machine. */
  private static final long PATIENCE = 1_000_000_000L;

  /** Nanoseconds of one turn of a loop. */
  private static final long TURN = 150_000;

  /** Turns in a row that a loop has to keep up. */
  private static final int TURNS = 3;

  /** What a loop that keeps up may take on such a problem, relative to the safe one. */
  private static final double SLACK = 3;

  /**
   * Elements of a block. Problems are tiny, since the compiler counts calls, and until it has
   * counted enough of them vectors are objects. Not a whole number of vectors, for the sake of what
   * loops do with the rest.
   */
  private static final int N = 77;

  /** Elements of a block that leaves no rest. */
  private static final int WHOLE = 64;

  /** Elements of a block that is nothing else. */
  private static final int REST = 3;

  private final ChosenKernels kernels;
  private final List<Probe> probes = new ArrayList<>();

  /** One loop on one problem, done both ways. */
  private static final class Probe {
    final Enum<?> loop;
    final String problem;
    final Kernel fast;
    final Kernel safe;
    private double fastNanos;
    private double safeNanos = Double.POSITIVE_INFINITY;
    private long runs;
    private int keptUp;
    private long compiled = Long.MAX_VALUE;

    Probe(Enum<?> loop, String problem, Kernel fast, Kernel safe) {
      this.loop = loop;
      this.problem = problem;
      this.fast = fast;
      this.safe = safe;
    }

    void turn() {
      fastNanos = time(fast);
      runs += Math.round(TURN / fastNanos);
      safeNanos = Math.min(safeNanos, time(safe));
      keptUp = fastNanos <= SLACK * safeNanos ? keptUp + 1 : 0;
      if (runs > RUNS && compiled == Long.MAX_VALUE) {
        compiled = System.nanoTime();
      }
    }

    boolean isKept() {
      return keptUp >= TURNS;
    }

    boolean isSettled() {
      return isKept() || System.nanoTime() - compiled > PATIENCE;
    }

    /** The mean time of a run within one turn. */
    private static double time(Kernel kernel) {
      long start = System.nanoTime();
      int n = 0;
      do {
        kernel.run();
        n++;
      } while (System.nanoTime() - start < TURN);
      return (System.nanoTime() - start) / (double) n;
    }
  }

  SelfTest(ChosenKernels kernels) {
    this.kernels = kernels;
    elementwise();
    products();
    pooling();
  }

  /** Warms up, replaces what is slow, and tells how each loop fared. */
  List<Kernels.Check> run() {
    for (int round = 0; round < ROUNDS; round++) {
      probes.forEach(Probe::turn);
    }
    List<Probe> left = new ArrayList<>(probes);
    for (left.removeIf(Probe::isSettled); !left.isEmpty(); left.removeIf(Probe::isSettled)) {
      left.forEach(Probe::turn);
    }
    List<Kernels.Check> checks = new ArrayList<>();
    for (Probe p : probes) {
      checks.add(new Kernels.Check(p.problem, p.fastNanos, p.safeNanos, p.isKept()));
      if (!p.isKept()) {
        kernels.replace(p.loop);
      }
    }
    return checks;
  }

  private static float[] ramp(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i * 37 % 101 - 50) / 64f;
    }
    return x;
  }

  private interface Making {
    Kernel of(Kernels k);
  }

  private void probe(Enum<?> loop, String problem, Making making) {
    probes.add(new Probe(loop, problem, making.of(kernels.fast), making.of(kernels.safe)));
  }

  private void elementwise() {
    float[] x = ramp(N);
    float[] y = new float[N];
    for (Unary f : Unary.values()) {
      loop(f, f.name().toLowerCase(Locale.ROOT), (k, n) -> k.unary(f, x, 0, y, 0, n));
    }
    for (Binary f : Binary.values()) {
      loop(f, f.name().toLowerCase(Locale.ROOT), (k, n) -> k.binary(f, x, 0, x, 0, y, 0, n));
    }
    loop(ChosenKernels.Loop.SELECT, "select", (k, n) -> k.select(x, 0, x, 0, x, 0, y, 0, n));
    loop(ChosenKernels.Loop.SUM, "sum", (k, n) -> y[0] = (float) k.sum(x, 0, n));
    loop(ChosenKernels.Loop.MAX, "max", (k, n) -> y[0] = k.max(x, 0, n));
    for (int n : new int[] {N, WHOLE, REST}) {
      probe(
          ChosenKernels.Loop.LOG_SOFTMAX,
          "log-softmax [1, %d]".formatted(n),
          k -> k.logSoftmax(1, n, Span.of(x), Span.of(y)));
    }
  }

  private interface Block {
    void run(Kernels k, int n);
  }

  /** A block with a rest, one without, and one that is only that. */
  private void loop(Enum<?> loop, String name, Block block) {
    probe(
        loop,
        name,
        k ->
            () -> {
              block.run(k, N);
              block.run(k, WHOLE);
              block.run(k, REST);
            });
  }

  private void products() {
    product(8, 32, 16, false);
    product(8, 96, 16, true);
    product(1, 64, 16, false);
    product(1, 16, 64, true);
    product(1, 40, 3500, false); // too large to be packed
    product(1, 3500, 40, true);
    conv(new Conv(1, 16, 4, 4, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    conv(new Conv(1, 24, 8, 8, 32, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1));
    conv(new Conv(1, 16, 5, 5, 32, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1));
    conv(new Conv(1, 16, 14, 14, 16, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1));
    conv(new Conv(2, 16, 12, 12, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    conv(new Conv(1, 1, 28, 28, 16, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1));
    conv(new Conv(1, 3, 8, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    conv(new Conv(1, 16, 8, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 16));
  }

  private void product(int m, int n, int l, boolean right) {
    Product g = Product.of(m, n, l, false, right);
    Span a = Span.of(ramp(m * l));
    Span b = new Span(ramp(l * n), 0, l * n, m == 1); // one row is not worth packing weights for
    Span c = Span.of(new float[m * n]);
    String problem = "matmul [%d, %d] × [%d, %d]%s".formatted(m, l, l, n, right ? "ᵀ" : "");
    probe(ChosenKernels.Loop.MATMUL, problem, k -> k.matmul(g, a, b, c));
  }

  private void conv(Conv g) {
    Span x = Span.of(ramp(g.input().size()));
    Span w = Span.of(ramp(g.filters().size()));
    Span y = Span.of(ramp(g.output().size()));
    String problem = "%s ⋆ %s / %d".formatted(g.input(), g.filters(), g.strideX());
    probe(ChosenKernels.Loop.CONV, "conv " + problem, k -> k.conv(g, x, w, out(g.output())));
    probe(
        ChosenKernels.Loop.CONV_INPUT,
        "conv, input gradient " + problem,
        k -> k.convInput(g, y, w, out(g.input())));
    probe(
        ChosenKernels.Loop.CONV_FILTER,
        "conv, filter gradient " + problem,
        k -> k.convFilter(g, x, y, out(g.filters())));
  }

  private static Span out(Shape shape) {
    return Span.of(new float[shape.size()]);
  }

  private void pooling() {
    pool(new Window(1, 2, 8, 8, 2, 2, 2, 2, 0, 0, 0, 0, 4, 4, false));
    pool(new Window(1, 1, 14, 14, 2, 2, 2, 2, 0, 0, 0, 0, 7, 7, false));
    pool(new Window(1, 2, 9, 9, 3, 3, 2, 2, 0, 0, 0, 0, 4, 4, false));
  }

  private void pool(Window g) {
    Span x = Span.of(ramp(g.input().size()));
    Span y = Span.of(ramp(g.output().size()));
    String problem = "%s by %d × %d".formatted(g.input(), g.kh(), g.kw());
    probe(
        ChosenKernels.Loop.MAX_TAKE,
        "max pool " + problem,
        k -> k.maxTake(g, x, x, out(g.output())));
    probe(
        ChosenKernels.Loop.MAX_PUT,
        "max pool, gradient " + problem,
        k -> k.maxPut(g, x, y, out(g.input())));
    probe(
        ChosenKernels.Loop.MEAN_TAKE,
        "mean pool " + problem,
        k -> k.meanTake(g, x, out(g.output())));
    probe(
        ChosenKernels.Loop.MEAN_PUT,
        "mean pool, gradient " + problem,
        k -> k.meanPut(g, y, out(g.input())));
  }
}
