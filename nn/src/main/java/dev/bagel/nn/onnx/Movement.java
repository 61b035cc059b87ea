package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Operators that give elements another order, repeat them or drop some. */
final class Movement {
  private Movement() {}

  static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          Map.entry("Transpose", Operator.moving(Movement::transpose)),
          Map.entry("Expand", c -> List.of(c.data(0).moved(expand(c)))),
          Map.entry("Tile", c -> List.of(c.data(0).moved(tile(c)))),
          Map.entry("Slice", Operator.moving(Movement::slice)),
          Map.entry("Split", Movement::split),
          Map.entry("Concat", Movement::concat),
          Map.entry("DepthToSpace", Operator.moving(Movement::depthToSpace)),
          Map.entry("SpaceToDepth", Operator.moving(Movement::spaceToDepth)));

  // ---- another order --------------------------------------------------------------------------

  private static UnaryOperator<Var> transpose(Call c) {
    int rank = c.shape(0).rank();
    int[] order =
        c.attributes()
            .integers("perm")
            .orElseGet(() -> IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    return v -> c.trace().permute(v, order);
  }

  /** [N, b²C, H, W] → [N, C, bH, bW]. */
  private static UnaryOperator<Var> depthToSpace(Call c) {
    Shape s = image(c);
    int b = blocks(c);
    int channels = s.dim(1) / (b * b);
    boolean blocksFirst = c.attributes().text("mode", "DCR").equals("DCR");
    c.mixesAllButFirst(0);
    return v ->
        (blocksFirst
                ? v.reshape(s.dim(0), b, b, channels, s.dim(2), s.dim(3)).permute(0, 3, 4, 1, 5, 2)
                : v.reshape(s.dim(0), channels, b, b, s.dim(2), s.dim(3)).permute(0, 1, 4, 2, 5, 3))
            .reshape(s.dim(0), channels, s.dim(2) * b, s.dim(3) * b);
  }

  /** [N, C, bH, bW] → [N, b²C, H, W]. */
  private static UnaryOperator<Var> spaceToDepth(Call c) {
    Shape s = image(c);
    int b = blocks(c);
    int h = s.dim(2) / b;
    int w = s.dim(3) / b;
    c.mixesAllButFirst(0);
    return v ->
        v.reshape(s.dim(0), s.dim(1), h, b, w, b)
            .permute(0, 3, 5, 1, 2, 4)
            .reshape(s.dim(0), s.dim(1) * b * b, h, w);
  }

  private static Shape image(Call c) {
    if (c.shape(0).rank() != 4) {
      throw new ShapeException("%s where [N, C, H, W] is needed", c.shape(0));
    }
    return c.shape(0);
  }

  private static int blocks(Call c) {
    int b = c.attributes().integer("blocksize", 0);
    if (b < 1 || b > 1024) {
      throw c.unknown("blocksize");
    }
    return b;
  }

  // ---- more elements --------------------------------------------------------------------------

  private static UnaryOperator<Var> expand(Call c) {
    Shape to = Shape.of(c.ints(1)).broadcast(c.shape(0));
    return v -> v.broadcastTo(to);
  }

  /** [d₀, d₁, …] → [1, d₀, 1, d₁, …] → [r₀, d₀, r₁, d₁, …] → [r₀d₀, r₁d₁, …]. */
  private static UnaryOperator<Var> tile(Call c) {
    Shape s = c.shape(0);
    int[] repeats = c.ints(1);
    if (repeats.length != s.rank()) {
      throw new ShapeException("tile %s by %s", s, Arrays.toString(repeats));
    }
    int[] apart = new int[2 * s.rank()];
    int[] repeated = new int[2 * s.rank()];
    int[] to = new int[s.rank()];
    for (int i = 0; i < s.rank(); i++) {
      apart[2 * i] = 1;
      repeated[2 * i] = repeats[i];
      apart[2 * i + 1] = s.dim(i);
      repeated[2 * i + 1] = s.dim(i);
      to[i] = Math.multiplyExact(repeats[i], s.dim(i));
      if (repeats[i] != 1) {
        c.mixes(0, i);
      }
    }
    return v -> v.reshape(apart).broadcastTo(Shape.of(repeated)).reshape(to);
  }

  /**
   * What a file holds for one example stands for each of them: it is repeated along the batch axis
   * of the others.
   */
  private static List<Value> concat(Call c) {
    int axis = c.attributes().integer("axis", 1);
    int n = c.count();
    int batched = IntStream.range(0, n).filter(i -> c.batchAxis(i) >= 0).findFirst().orElse(-1);
    Value[] parts = new Value[n];
    for (int i = 0; i < n; i++) {
      parts[i] = c.value(i);
      c.mixes(i, axis);
      if (batched >= 0 && c.batchAxis(i) < 0) {
        int b = c.batchAxis(batched);
        Shape s = c.shape(i);
        if (s.rank() > b && s.dim(b) == 1 && s.axis(axis) != b) {
          Shape each = s.with(b, c.shape(batched).dim(b));
          parts[i] = parts[i].moved(v -> v.broadcastTo(each));
        }
      }
    }
    if (Arrays.stream(parts).allMatch(Numbers.class::isInstance)) {
      return List.of(Numbers.concat(axis, Arrays.stream(parts).map(Numbers.class::cast).toList()));
    }
    Var[] vars = Arrays.stream(parts).map(Value::var).toArray(Var[]::new);
    return c.like(Var.concat(axis, vars));
  }

  // ---- fewer elements -------------------------------------------------------------------------

  private static UnaryOperator<Var> slice(Call c) {
    Shape s = c.shape(0);
    long[] starts = list(c, "starts", 1).orElseThrow(() -> c.unknown("starts"));
    long[] ends = list(c, "ends", 2).orElseThrow(() -> c.unknown("ends"));
    int[] axes = c.integers("axes", 3).orElseGet(() -> IntStream.range(0, starts.length).toArray());
    long[] steps = c.has(4) ? c.longs(4) : new long[starts.length];
    if (!c.has(4)) {
      Arrays.fill(steps, 1);
    }
    if (ends.length != starts.length
        || axes.length != starts.length
        || steps.length != starts.length) {
      throw new ShapeException("slice: %d starts, %d ends", starts.length, ends.length);
    }
    int[] from = new int[s.rank()];
    int[] step = Attributes.repeated(s.rank(), 1);
    int[] to = s.toArray();
    for (int i = 0; i < starts.length; i++) {
      int a = s.axis(axes[i]);
      Range r = Range.of(starts[i], ends[i], steps[i], s.dim(a));
      from[a] = r.from;
      step[a] = r.step;
      to[a] = r.count;
      if (!r.isAll(s.dim(a))) {
        c.mixes(0, a);
      }
    }
    Shape box = Shape.of(to);
    boolean backwards = Arrays.stream(step).anyMatch(d -> d < 0);
    return v -> box.equals(v.shape()) && !backwards ? v : v.slice(from, step, box);
  }

  private static Optional<long[]> list(Call c, String attribute, int input) {
    return c.has(input) ? Optional.of(c.longs(input)) : c.attributes().numbers(attribute);
  }

  /** Places of an axis: negative ones count from the end, and what lies outside is cut. */
  private record Range(int from, int step, int count) {
    static Range of(long start, long end, long step, int n) {
      if (step == 0) {
        throw new ShapeException("slice by steps of 0");
      }
      long by = Math.max(-n - 1L, Math.min(n + 1L, step)); // a longer step leaves the axis as well
      long from = cut(start, by, n);
      long to = cut(end, by, n);
      long count = by > 0 ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
      return count <= 0 ? new Range(0, 1, 0) : new Range((int) from, (int) by, (int) count);
    }

    /** Going forwards, 0 … n; going backwards, −1 … n − 1. */
    private static long cut(long i, long by, int n) {
      long fromFront = i < 0 ? i + n : i;
      return by > 0
          ? Math.max(0, Math.min(n, fromFront))
          : Math.max(-1, Math.min(n - 1L, fromFront));
    }

    boolean isAll(int n) {
      return from == 0 && step == 1 && count == n;
    }
  }

  private static List<Value> split(Call c) {
    int axis = c.axis(0);
    int n = c.shape(0).dim(axis);
    int parts = c.node().outputs().size();
    int[] lengths =
        c.integers("split", 1)
            .orElseGet(
                () -> {
                  int each = (n + parts - 1) / Math.max(1, parts); // the last one may be shorter
                  return IntStream.range(0, parts)
                      .map(i -> Math.max(0, Math.min(each, n - i * each)))
                      .toArray();
                });
    if (Arrays.stream(lengths).sum() != n || Arrays.stream(lengths).anyMatch(l -> l < 0)) {
      throw new ShapeException("split %d into %s", n, Arrays.toString(lengths));
    }
    if (lengths.length > 1) {
      c.mixes(0, axis);
    }
    List<Value> results = new ArrayList<>();
    int at = 0;
    for (int length : lengths) {
      int from = at;
      results.add(c.value(0).moved(v -> v.slice(axis, from, from + length)));
      at += length;
    }
    return results;
  }
}
