package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;

/**
 * Pooling over windows of any kind; 2×2 windows side by side go to {@link Halving} first.
 *
 * <p>A plane is taken apart into {@link Phases}, in which vectors run along the line of all windows
 * and visit one cell of each at a time ({@link Cells}).
 */
final class Pool implements Kernel {
  /** What is done with the windows: the methods of {@code Kernels}, max pooling apart. */
  enum Mode {
    /** The largest cell. */
    MAX,
    /** Another array's element where the largest cell is. */
    TAKE,
    PUT,
    MEAN,
    SHARE
  }

  /** Elements of a task. */
  private static final int TASK = 1 << 14;

  private final Window g;
  private final Mode mode;
  private final Span x; // planes that are read: the selector, or x of a mean
  private final Span u; // planes of which TAKE takes
  private final Span y; // of windows: read by PUT and SHARE, else written
  private final Span xbar; // planes that PUT and SHARE write
  private final Epilogue then;
  private final Halving halving; // or null
  private final Phases phases;
  private final float[] counts; // cells of each window, for a mean
  private final int stage; // floats of a plane before it is taken apart, in whole vectors
  private final int perTask; // planes
  private final Parallel.Body task = this::task;

  private Pool(Window g, Mode mode, Span x, Span u, Span y, Span xbar, Epilogue then) {
    this.g = g;
    this.mode = mode;
    this.x = x;
    this.u = u;
    this.y = y;
    this.xbar = xbar;
    this.then = then;
    halving = Halving.fits(mode, g) ? new Halving(mode, g.w()) : null;
    phases = new Phases(g);
    counts = mode == Mode.MEAN || mode == Mode.SHARE ? counts() : null;
    stage = up(g.h() * g.w(), L) + 2 * L;
    perTask = Math.max(1, TASK / (g.h() * g.w()));
  }

  /** Whether this is faster than the scalar kernels: not where phases would be many and short. */
  static boolean fits(Window g) {
    return g.strideX() <= 2;
  }

  static Pool maxTake(Window g, Span selector, Span u, Span y) {
    boolean own = selector.array() == u.array() && selector.offset() == u.offset();
    return new Pool(g, own ? Mode.MAX : Mode.TAKE, selector, u, y, null, Epilogue.NONE);
  }

  static Pool maxPut(Window g, Span selector, Span y, Span xbar, Epilogue then) {
    return new Pool(g, Mode.PUT, selector, null, y, xbar, then);
  }

  static Pool meanTake(Window g, Span x, Span y) {
    return new Pool(g, Mode.MEAN, x, null, y, null, Epilogue.NONE);
  }

  static Pool meanPut(Window g, Span y, Span xbar) {
    return new Pool(g, Mode.SHARE, null, null, y, xbar, Epilogue.NONE);
  }

  /** What the sums of a line of windows are divided by. */
  private float[] counts() {
    float[] n = new float[phases.line];
    Arrays.fill(n, 1);
    for (int r = 0; r < g.oh(); r++) {
      for (int q = 0; q < g.ow(); q++) {
        n[r * phases.pitch + q] = g.cells(r, q);
      }
    }
    return n;
  }

  @Override
  public void run() {
    Parallel.run(pieces(g.n() * g.c(), perTask), task);
  }

  private void task(int grain) {
    int from = grain * perTask;
    int to = Math.min(g.n() * g.c(), from + perTask);
    if (halving == null || !halve(from, to)) {
      float[] s = Scratch.floats(stage + 2 * phases.plane + 2 * phases.line);
      for (int i = from; i < to; i++) {
        plane(i, s);
      }
    }
    then.run(from * g.h() * g.w(), to * g.h() * g.w());
  }

  private boolean halve(int from, int to) {
    int large = from * g.h() * g.w();
    int pairs = (to - from) * g.oh();
    float[] full = x == null ? null : x.array();
    float[] result = xbar == null ? null : xbar.array();
    return halving.run(
        full,
        full == null ? 0 : x.offset() + large,
        y.array(),
        y.offset() + from * g.oh() * g.ow(),
        result,
        result == null ? 0 : xbar.offset() + large,
        pairs);
  }

  private void plane(int i, float[] s) {
    int[] cells = phases.cells;
    int line = phases.line;
    int a = stage; // a plane in phases, another, a line of windows, another
    int b = a + phases.plane;
    int c = b + phases.plane;
    int d = c + line;
    int at = y.offset() + i * g.oh() * g.ow();
    switch (mode) {
      case MAX -> {
        splitRanks(i, s, a);
        Cells.largest(cells, s, a, c, line);
        Cells.values(s, c, line);
        phases.gather(s, c, y.array(), at);
      }
      case TAKE -> {
        splitRanks(i, s, a);
        split(u, i, s, b);
        Cells.places(cells, s, a, c, line);
        Cells.take(cells, s, b, c, d, line);
        phases.gather(s, d, y.array(), at);
      }
      case PUT -> {
        splitRanks(i, s, a);
        Cells.places(cells, s, a, c, line);
        phases.spread(y.array(), at, s, d);
        Arrays.fill(s, b, b + phases.plane, 0);
        Cells.put(cells, s, c, d, b, line);
        join(i, s, b);
      }
      case MEAN -> {
        split(x, i, s, a);
        phases.frame(s, a, 0);
        Cells.mean(cells, s, a, counts, c, line);
        phases.gather(s, c, y.array(), at);
      }
      case SHARE -> {
        phases.spread(y.array(), at, s, c);
        Arrays.fill(s, b, b + phases.plane, 0);
        Cells.share(cells, s, c, counts, b, line);
        join(i, s, b);
      }
    }
  }

  private void split(Span planes, int i, float[] s, int so) {
    int n = g.h() * g.w();
    int from = planes.offset() + i * n;
    if (from + stage <= planes.array().length) {
      phases.split(planes.array(), from, s, so);
    } else { // there is no room for whole vectors behind the last plane
      System.arraycopy(planes.array(), from, s, 0, n);
      phases.split(s, 0, s, so);
    }
  }

  /** Ranks come after the split: JDK 17 may move a NaN as another, and some ranks look like one. */
  private void splitRanks(int i, float[] s, int so) {
    split(x, i, s, so);
    Cells.ranks(s, so, phases.plane);
    phases.frame(s, so, Cells.LOWEST);
  }

  private void join(int i, float[] s, int so) {
    int n = g.h() * g.w();
    int to = xbar.offset() + i * n;
    phases.join(s, so, xbar.array(), to, to + n);
  }
}
