package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How what moves, repeats, drops and sums elements is written: by lengths, for any N. */
final class Shapes {
  private Shapes() {}

  static String reshape(GraphDraft out, Var y, List<String> x) {
    return reshape(out, x.get(0), out.lengths(y.args().get(0)), out.lengths(y));
  }

  /** The same elements with other axes. */
  static String reshape(GraphDraft out, String x, Lengths from, Lengths to) {
    boolean sameFirst = from.rank() > 0 && to.rank() > 0 && from.axis(0).equals(to.axis(0));
    if (to.rank() == 2 && sameFirst && to.axis(0).perInput()) {
      return out.node("Flatten", List.of(x), Attributes.of("axis", 1));
    }
    long[] shape = new long[to.rank()];
    int open = 0;
    for (int i = 0; i < shape.length; i++) {
      boolean kept = i < from.rank() && from.axis(i).equals(to.axis(i));
      shape[i] = !to.axis(i).perInput() ? to.axis(i).times() : kept ? 0 : -1;
      open += shape[i] == -1 ? 1 : 0;
    }
    String lengths = open > 1 ? out.shape(to) : out.longs("shape", shape);
    return out.node("Reshape", List.of(x, lengths));
  }

  static String broadcastTo(GraphDraft out, Var y, List<String> x) {
    return expand(out, x.get(0), out.lengths(y.args().get(0)), out.lengths(y));
  }

  /** Repeats axes of length 1. */
  static String expand(GraphDraft out, String x, Lengths from, Lengths to) {
    long[] shape = new long[to.rank()];
    boolean known = true;
    for (int i = 0; i < shape.length; i++) {
      int j = i - to.rank() + from.rank();
      boolean kept = j >= 0 && from.axis(j).equals(to.axis(i));
      known &= kept || !to.axis(i).perInput();
      shape[i] = kept ? 1 : to.axis(i).times(); // 1 keeps what is there
    }
    return out.node("Expand", List.of(x, known ? out.longs("shape", shape) : out.shape(to)));
  }

  // ---- reductions
  // ---------------------------------------------------------------------------------

  static String sumTo(GraphDraft out, Var y, List<String> x) {
    Reduced r = Reduced.of(out.lengths(y.args().get(0)), out.lengths(y));
    if (r.axes.length == 0) {
      return x.get(0);
    }
    String axes = out.longs("axes", Arrays.stream(r.axes).asLongStream().toArray());
    return r.squeezed(
        out, out.node("ReduceSum", List.of(x.get(0), axes), Attributes.of("keepdims", r.keep())));
  }

  static String maxTo(GraphDraft out, Var y, List<String> x) {
    Reduced r = Reduced.of(out.lengths(y.args().get(0)), out.lengths(y));
    return r.isGlobalPool() ? out.node("GlobalMaxPool", x) : r.node(out, "ReduceMax", x);
  }

  /** The mean over the axes that {@code sum}, a {@link Linear.SumTo}, sums. */
  static String mean(GraphDraft out, Var sum, List<String> x) {
    Reduced r = Reduced.of(out.lengths(sum.args().get(0)), out.lengths(sum));
    return r.isGlobalPool() ? out.node("GlobalAveragePool", x) : r.node(out, "ReduceMean", x);
  }

  /**
   * The axes along which elements are brought together.
   *
   * @param rank how many axes there are before
   * @param axes those that have length 1 afterwards, or are gone
   * @param gone how many axes at the front are gone
   */
  private record Reduced(int rank, int[] axes, int gone) {
    static Reduced of(Lengths from, Lengths to) {
      int gone = from.rank() - to.rank();
      int[] axes =
          IntStream.range(0, from.rank())
              .filter(i -> i < gone || !from.axis(i).equals(to.axis(i - gone)))
              .toArray();
      return new Reduced(from.rank(), axes, gone);
    }

    /** All axes but those of the inputs and the channels, as global pools do. */
    boolean isGlobalPool() {
      return gone == 0 && rank > 2 && Arrays.equals(axes, IntStream.range(2, rank).toArray());
    }

    /**
     * Whether reduced axes stay, as a setting: if only some of them go, a node of its own does it.
     */
    int keep() {
      return gone > 0 && axes.length == gone ? 0 : 1;
    }

    String node(GraphDraft out, String operator, List<String> x) {
      return axes.length == 0
          ? x.get(0)
          : squeezed(
              out, out.node(operator, x, Attributes.of("axes", axes).and("keepdims", keep())));
    }

    String squeezed(GraphDraft out, String kept) {
      return gone == 0 || keep() == 0
          ? kept
          : out.node(
              "Squeeze",
              List.of(kept, out.longs("axes", IntStream.range(0, gone).asLongStream().toArray())));
    }
  }

  // ---- boxes
  // --------------------------------------------------------------------------------------

  static String permute(GraphDraft out, Var y, List<String> x) {
    int[] order = ((Linear.Permute) y.op()).order().stream().mapToInt(i -> i).toArray();
    // ONNX Runtime 1.29 takes any transposition before a Gemm for one that swaps
    boolean moves = !Arrays.equals(order, IntStream.range(0, order.length).toArray());
    return moves ? out.node("Transpose", x, Attributes.of("perm", order)) : x.get(0);
  }

  static String slice(GraphDraft out, Var y, List<String> x) {
    Linear.Slice op = (Linear.Slice) y.op();
    Lengths whole = out.lengths(y.args().get(0));
    Lengths part = out.lengths(y);
    List<Long> starts = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    List<Long> axes = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    for (int i = 0; i < whole.rank(); i++) {
      int from = op.from().get(i);
      int step = op.step().get(i);
      if (from == 0 && step == 1 && part.axis(i).equals(whole.axis(i))) {
        continue;
      }
      long end = from + (long) part.axis(i).times() * step;
      boolean toTheEnd = part.axis(i).perInput() || end < 0;
      axes.add((long) i);
      starts.add((long) from);
      steps.add((long) step);
      ends.add(!toTheEnd ? end : step > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE);
    }
    if (axes.isEmpty()) {
      return x.get(0);
    }
    return out.node(
        "Slice",
        List.of(
            x.get(0),
            out.longs("starts", longs(starts)),
            out.longs("ends", longs(ends)),
            out.longs("axes", longs(axes)),
            out.longs("steps", longs(steps))));
  }

  /** A box in zeros is padding; steps between its elements are padding along axes of their own. */
  static String place(GraphDraft out, Var y, List<String> x) {
    Linear.Place op = (Linear.Place) y.op();
    String box = x.get(0);
    Lengths lengths = out.lengths(y.args().get(0));
    int rank = lengths.rank();
    long[] before = new long[rank];
    long[] after = new long[rank];
    for (int i = 0; i < rank; i++) {
      int step = lengths.axis(i).isOne() ? 1 : op.step().get(i);
      if (step < 0) {
        box = flipped(out, box, i);
      }
      int from = op.from().get(i);
      int n = y.args().get(0).shape().dim(i);
      before[i] = step < 0 ? from + (long) (n - 1) * step : from;
      int stride = Math.abs(step);
      if (stride > 1) {
        box = spread(out, box, lengths, i, stride);
        lengths = stretched(lengths, i, stride);
      }
      after[i] = op.whole().dim(i) - before[i] - (long) n * stride;
    }
    return Arrays.equals(before, after) && Arrays.stream(before).allMatch(p -> p == 0)
        ? box
        : padded(out, box, before, after);
  }

  /** Adds zeros on both sides of every axis; a negative number takes elements away. */
  static String padded(GraphDraft out, String x, long[] before, long[] after) {
    long[] pads = Arrays.copyOf(before, 2 * before.length);
    System.arraycopy(after, 0, pads, before.length, after.length);
    return out.node("Pad", List.of(x, out.longs("pads", pads)));
  }

  private static String flipped(GraphDraft out, String x, int axis) {
    return out.node(
        "Slice",
        List.of(
            x,
            out.longs("starts", -1),
            out.longs("ends", Integer.MIN_VALUE),
            out.longs("axes", axis),
            out.longs("steps", -1)));
  }

  /** Puts stride − 1 zeros after every element along an axis. */
  private static String spread(GraphDraft out, String x, Lengths of, int axis, int stride) {
    List<Lengths.Axis> axes = new ArrayList<>(of.axes());
    axes.add(axis + 1, new Lengths.Axis(1, false));
    String column = out.node("Unsqueeze", List.of(x, out.longs("axes", axis + 1)));
    long[] after = new long[axes.size()];
    after[axis + 1] = stride - 1L;
    String zeros = padded(out, column, new long[axes.size()], after);
    axes.set(axis + 1, new Lengths.Axis(stride, false));
    return reshape(out, zeros, new Lengths(axes), stretched(of, axis, stride));
  }

  private static Lengths stretched(Lengths of, int axis, int stride) {
    List<Lengths.Axis> axes = new ArrayList<>(of.axes());
    Lengths.Axis a = axes.get(axis);
    axes.set(axis, new Lengths.Axis(a.times() * stride, a.perInput()));
    return new Lengths(axes);
  }

  private static long[] longs(List<Long> list) {
    return list.stream().mapToLong(i -> i).toArray();
  }
}
