package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.F;
import static dev.bagel.tensor.kernel.simd.Lanes.L;
import static dev.bagel.tensor.kernel.simd.Lanes.pieces;
import static dev.bagel.tensor.kernel.simd.Lanes.up;

import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Scratch;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Pooling over windows that lie wholly in the image, with a stride of one or two columns.
 *
 * <p>As in {@link DirectConv} a plane is split into the phases of its stride; then the cells of all
 * windows are a few constant distances, and vectors run along the line of all windows.
 *
 * <p>The cells of a window are visited from the last to the first, and an equal one replaces the
 * best so far: so the first of equals wins, and of several NaN the first.
 */
final class Pool implements Kernel {
  private enum Mode {
    MAX,
    TAKE,
    PUT,
    MEAN,
    SHARE
  }

  /** Elements of a task. */
  private static final int TASK = 1 << 14;

  private final Window g;
  private final Mode mode;
  private final Span in; // selector, or x of a mean; for the mean's adjoint, ȳ
  private final Span other; // u or y, if the mode has it
  private final Span out;
  private final int pitch; // of a row in a phase
  private final int phase; // floats of a phase
  private final int plane; // of all phases
  private final int line; // of all windows, in whole vectors
  private final int[] at; // distances of the cells of a window, the last first
  private final float cells;
  private final int perTask;
  private final Parallel.Body task = this::task;

  private Pool(Window g, Mode mode, Span in, Span other, Span out) {
    this.g = g;
    this.mode = mode;
    this.in = in;
    this.other = other;
    this.out = out;
    pitch = pieces(g.w(), g.strideX());
    phase = pieces(g.h(), g.strideY()) * pitch + 2 * L; // room for whole vectors
    plane = up(phase * g.strideY() * g.strideX() + 2 * L, L);
    line = up((g.oh() - 1) * pitch + g.ow(), L);
    cells = g.kh() * g.kw();
    at = new int[g.kh() * g.kw()];
    for (int i = 0; i < at.length; i++) {
      int u = (at.length - 1 - i) / g.kw();
      int v = (at.length - 1 - i) % g.kw();
      at[i] =
          (u % g.strideY() * g.strideX() + v % g.strideX()) * phase
              + u / g.strideY() * pitch
              + v / g.strideX();
    }
    perTask = Math.max(1, TASK / (g.h() * g.w()));
  }

  /** Whether these windows are of the kind that this class knows. */
  static boolean fits(Window g) {
    return g.top() == 0
        && g.left() == 0
        && (g.oh() - 1) * g.strideY() + g.kh() <= g.h()
        && (g.ow() - 1) * g.strideX() + g.kw() <= g.w()
        && g.strideX() <= 2;
  }

  static Pool maxTake(Window g, Span selector, Span u, Span y) {
    boolean own = selector.array() == u.array() && selector.offset() == u.offset();
    return new Pool(g, own ? Mode.MAX : Mode.TAKE, selector, u, y);
  }

  static Pool maxPut(Window g, Span selector, Span y, Span x) {
    return new Pool(g, Mode.PUT, selector, y, x);
  }

  static Pool meanTake(Window g, Span x, Span y) {
    return new Pool(g, Mode.MEAN, x, null, y);
  }

  static Pool meanPut(Window g, Span y, Span x) {
    return new Pool(g, Mode.SHARE, y, null, x);
  }

  @Override
  public void run() {
    Parallel.run(pieces(g.n() * g.c(), perTask), task);
  }

  private void task(int grain) {
    float[] s = Scratch.floats(2 * plane + 2 * line);
    int to = Math.min(g.n() * g.c(), (grain + 1) * perTask);
    for (int i = grain * perTask; i < to; i++) {
      plane(s, i);
    }
  }

  private void plane(float[] s, int i) {
    int large = g.h() * g.w();
    int small = g.oh() * g.ow();
    int first = 2 * plane; // two lines behind two planes
    int second = first + line;
    switch (mode) {
      case MAX -> {
        split(in, i * large, s, 0);
        for (int j = 0; j < line; j += L) {
          largest(at, s, j, s, first + j);
        }
        store(s, first, i * small);
      }
      case TAKE -> {
        split(in, i * large, s, 0);
        split(other, i * large, s, plane);
        for (int j = 0; j < line; j += L) {
          ofLargest(at, s, j, plane + j, first + j);
        }
        store(s, first, i * small);
      }
      case PUT -> {
        split(in, i * large, s, 0);
        load(other, i * small, s, second);
        Arrays.fill(s, plane, 2 * plane, 0);
        for (int j = 0; j < line; j += L) {
          placeOfLargest(at, s, j, first + j);
          put(at, s, first + j, second + j, plane + j);
        }
        join(s, plane, i * large);
      }
      case MEAN -> {
        split(in, i * large, s, 0);
        for (int j = 0; j < line; j += L) {
          mean(at, cells, s, j, first + j);
        }
        store(s, first, i * small);
      }
      case SHARE -> {
        load(in, i * small, s, second);
        Arrays.fill(s, plane, 2 * plane, 0);
        for (int j = 0; j < line; j += L) {
          share(at, cells, s, second + j, plane + j);
        }
        join(s, plane, i * large);
      }
    }
  }

  // ---- one vector of windows
  // ----------------------------------------------------------------------

  private static void largest(int[] at, float[] s, int so, float[] y, int yo) {
    FloatVector best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < at.length; i++) {
      FloatVector v = FloatVector.fromArray(F, s, so + at[i]);
      best = best.blend(v, v.compare(VectorOperators.GE, best));
      best = best.blend(v, v.compare(VectorOperators.NE, v)); // NaN
    }
    best.intoArray(y, yo);
  }

  private static void ofLargest(int[] at, float[] s, int so, int uo, int yo) {
    FloatVector best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector taken = FloatVector.zero(F);
    for (int i = 0; i < at.length; i++) {
      FloatVector v = FloatVector.fromArray(F, s, so + at[i]);
      FloatVector u = FloatVector.fromArray(F, s, uo + at[i]);
      taken = taken.blend(u, v.compare(VectorOperators.GE, best));
      taken = taken.blend(u, v.compare(VectorOperators.NE, v));
      best = best.blend(v, v.compare(VectorOperators.GE, best));
      best = best.blend(v, v.compare(VectorOperators.NE, v));
    }
    taken.intoArray(s, yo);
  }

  private static void placeOfLargest(int[] at, float[] s, int so, int yo) {
    FloatVector best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector place = FloatVector.zero(F);
    for (int i = 0; i < at.length; i++) {
      FloatVector v = FloatVector.fromArray(F, s, so + at[i]);
      FloatVector here = FloatVector.broadcast(F, (float) i);
      place = place.blend(here, v.compare(VectorOperators.GE, best));
      place = place.blend(here, v.compare(VectorOperators.NE, v));
      best = best.blend(v, v.compare(VectorOperators.GE, best));
      best = best.blend(v, v.compare(VectorOperators.NE, v));
    }
    place.intoArray(s, yo);
  }

  private static void put(int[] at, float[] s, int placeAt, int yo, int xo) {
    FloatVector place = FloatVector.fromArray(F, s, placeAt);
    FloatVector y = FloatVector.fromArray(F, s, yo);
    for (int i = 0; i < at.length; i++) {
      FloatVector mine = FloatVector.zero(F).blend(y, place.compare(VectorOperators.EQ, (float) i));
      FloatVector.fromArray(F, s, xo + at[i]).add(mine).intoArray(s, xo + at[i]);
    }
  }

  private static void mean(int[] at, float cells, float[] s, int so, int yo) {
    FloatVector sum = FloatVector.zero(F);
    for (int i = 0; i < at.length; i++) {
      sum = sum.add(FloatVector.fromArray(F, s, so + at[i]));
    }
    sum.div(cells).intoArray(s, yo);
  }

  private static void share(int[] at, float cells, float[] s, int yo, int xo) {
    FloatVector y = FloatVector.fromArray(F, s, yo).div(cells);
    for (int i = 0; i < at.length; i++) {
      FloatVector.fromArray(F, s, xo + at[i]).add(y).intoArray(s, xo + at[i]);
    }
  }

  // ---- planes and lines
  // ---------------------------------------------------------------------------

  /** Splits a plane into its phases. */
  private void split(Span x, int from, float[] s, int so) {
    for (int row = 0; row < g.h(); row++) {
      int to = so + row % g.strideY() * g.strideX() * phase + row / g.strideY() * pitch;
      int at = x.offset() + from + row * g.w();
      if (g.strideX() == 1) {
        System.arraycopy(x.array(), at, s, to, g.w());
      } else {
        Stride2.split(x.array(), at, g.w(), s, to, to + phase);
      }
    }
  }

  /** Joins the phases of a plane. */
  private void join(float[] s, int so, int to) {
    int end = out.offset() + to + g.h() * g.w();
    for (int row = 0; row < g.h(); row++) {
      int from = so + row % g.strideY() * g.strideX() * phase + row / g.strideY() * pitch;
      int at = out.offset() + to + row * g.w();
      if (g.strideX() == 1) {
        System.arraycopy(s, from, out.array(), at, g.w());
      } else {
        Stride2.join(s, from, from + phase, out.array(), at, g.w(), end);
      }
    }
  }

  /** Spreads the rows of ȳ along the line of windows, with zeros between them. */
  private void load(Span y, int from, float[] s, int so) {
    Arrays.fill(s, so, so + line, 0);
    for (int r = 0; r < g.oh(); r++) {
      System.arraycopy(y.array(), y.offset() + from + r * g.ow(), s, so + r * pitch, g.ow());
    }
  }

  private void store(float[] s, int so, int to) {
    int at = out.offset() + to;
    int end = at + g.oh() * g.ow();
    Lanes.copyRows(s, so, pitch, out.array(), at, g.ow(), g.ow(), g.oh(), end);
  }
}
