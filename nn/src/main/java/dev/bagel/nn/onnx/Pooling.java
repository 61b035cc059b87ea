package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What is taken from every window of an image, or from all of it. Over one or two axes a pool is an
 * operation of its own. Over three, with gaps in the window, or asked for the places of maxima, it
 * is written down cell by cell: each cell of the window sees a slice of the image.
 */
final class Pooling {
  private Pooling() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "MaxPool", Pooling::maxPool,
          "AveragePool", Operator.one(Pooling::averagePool),
          "LpPool", Operator.one(Pooling::lpPool),
          "GlobalMaxPool", Operator.one(c -> c.var(0).maxAxes(planes(c))),
          "GlobalAveragePool", Operator.one(c -> c.var(0).meanAxes(planes(c))),
          "GlobalLpPool", Operator.one(Pooling::globalLpPool),
          "MaxUnpool", Operator.one(Pooling::unpool),
          "LRN", Operator.one(Pooling::localResponse));

  /** The most cells of a window that is written down cell by cell. */
  private static final int CELLS = 512;

  private static int[] planes(Call c) {
    Shape s = c.shape(0);
    if (s.rank() < 3) {
      throw new ShapeException("a pool of %s: [N, C, …] is needed", s);
    }
    c.mixesAllButFirst(0);
    int[] axes = new int[s.rank() - 2];
    Arrays.setAll(axes, i -> i + 2);
    return axes;
  }

  private static Sliding sliding(Call c) {
    int[] kernel =
        c.attributes().integers("kernel_shape").orElseThrow(() -> c.unknown("kernel_shape"));
    return Sliding.of(c, kernel);
  }

  private static boolean isWindow(Sliding s) {
    return s.axes() <= 2 && !s.isDilated();
  }

  /** x as planes [N, C, H, W], of one row if it has one axis. */
  private static Var planes(Var x) {
    Shape s = x.shape();
    return s.rank() == 4 ? x : x.reshape(s.dim(0), s.dim(1), 1, s.dim(2));
  }

  private static Window window(Var planes, Sliding of, boolean countPadding) {
    Sliding s = of.axes() == 1 ? of.withAxis() : of;
    Shape x = planes.shape();
    return new Window(
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        s.kernel()[0],
        s.kernel()[1],
        s.strides()[0],
        s.strides()[1],
        s.before()[0],
        s.before()[1],
        s.after()[0],
        s.after()[1],
        s.out()[0],
        s.out()[1],
        countPadding);
  }

  private static Shape result(Var x, Sliding s) {
    return x.shape().sub(0, 2).concat(Shape.of(s.out()));
  }

  // ---- the largest ----------------------------------------------------------------------------

  private static List<Value> maxPool(Call c) {
    Sliding s = sliding(c);
    Var x = c.data(0).var();
    if (c.outputs() < 2 && isWindow(s)) {
      Var planes = planes(x);
      return c.like(planes.maxPool(window(planes, s, false)).reshape(result(x, s)));
    }
    Cells cells = new Cells(c, x, s, Float.NEGATIVE_INFINITY);
    Var largest = cells.cell(0);
    Var places = cells.places(0);
    for (int i = 1; i < s.cells(); i++) {
      Var cell = cells.cell(i);
      places = cell.sub(largest).step().where(cells.places(i), places); // of equal ones the first
      largest = largest.max(cell);
    }
    Element e = c.value(0).element();
    return List.of(Value.of(e, largest), Value.of(Element.INT64, places));
  }

  /** Puts every element back to the place that a maximum was taken from; zeros elsewhere. */
  private static Var unpool(Call c) {
    Shape s = c.shape(0);
    int n = s.rank() - 2;
    int[] kernel = Sliding.list(c, "kernel_shape", n, 1);
    int[] strides = Sliding.list(c, "strides", n, 1);
    int[] pads = Sliding.list(c, "pads", 2 * n, 0);
    int[] whole = s.toArray();
    for (int i = 0; i < n; i++) {
      int between = Math.multiplyExact(s.dim(i + 2) - 1, strides[i]);
      whole[i + 2] = between + kernel[i] - pads[i] - pads[n + i];
    }
    Shape to = Shape.of(whole);
    int planes = s.dim(0) * s.dim(1);
    int size = to.sub(2, to.rank()).size();
    c.mixesAllButFirst(0);
    Var first = c.trace().table(Shape.of(planes, 1), y -> Selection.ramp(y, 0, size));
    int each = s.size() / Math.max(1, planes);
    Var places = c.var(1).reshape(planes, each).sub(first); // they count through the whole batch
    Var y = c.data(0).var().reshape(planes, 1, each).scatter(places, size).reshape(to);
    int[] after = new int[s.rank()];
    for (int i = 0; c.has(2) && i < after.length; i++) {
      after[i] = c.ints(2)[i] - to.dim(i);
    }
    return y.pad(new int[after.length], after);
  }

  // ---- sums -----------------------------------------------------------------------------------

  private static Var averagePool(Call c) {
    Sliding s = sliding(c);
    return mean(c, c.data(0).var(), s, c.attributes().flag("count_include_pad"));
  }

  private static Var mean(Call c, Var x, Sliding s, boolean countPadding) {
    if (isWindow(s)) {
      Var planes = planes(x);
      return planes.meanPool(window(planes, s, countPadding)).reshape(result(x, s));
    }
    int[] counted = x.shape().with(0, 1).with(1, 1).toArray();
    for (int a = 0; countPadding && a < s.axes(); a++) {
      counted[a + 2] += s.before()[a] + s.after()[a];
    }
    Var ones = c.trace().table(Shape.of(counted), y -> Arrays.fill(y, 1));
    Var cells = new Cells(c, ones, countPadding ? s.withoutPadding() : s, 0).sum();
    return new Cells(c, x, s, 0).sum().div(cells);
  }

  /** (Σ |x|ᵖ)^(1/p). */
  private static Var lpPool(Call c) {
    Sliding s = sliding(c);
    float p = c.attributes().integer("p", 2);
    return root(new Cells(c, power(c.data(0).var(), p), s, 0).sum(), p);
  }

  private static Var globalLpPool(Call c) {
    float p = c.attributes().integer("p", 2);
    return root(power(c.var(0), p).sumAxes(planes(c)), p);
  }

  static Var power(Var x, float p) {
    return p == 1 ? x.abs() : p == 2 ? x.square() : x.abs().pow(p);
  }

  static Var root(Var x, float p) {
    return p == 1 ? x : p == 2 ? x.sqrt() : x.pow(1 / p);
  }

  /**
   * x / (k + α/n Σ x²)^β over n neighbouring channels: Krizhevsky et al. 2012, §3.3. The sum is a
   * mean pool over the channels, seen as the rows of an image.
   */
  private static Var localResponse(Call c) {
    int size = c.attributes().integer("size", 0);
    Var x = c.var(0);
    Shape s = x.shape();
    if (size < 1 || s.rank() < 3) {
      throw new ShapeException("normalisation of %s over %d channels", s, size);
    }
    c.mixesAllButFirst(0);
    int plane = s.sub(2, s.rank()).size();
    int before = (size - 1) / 2;
    Var rows = x.square().reshape(s.dim(0), 1, s.dim(1), plane);
    Window w =
        new Window(
            s.dim(0),
            1,
            s.dim(1),
            plane,
            size,
            1,
            1,
            1,
            before,
            0,
            size - 1 - before,
            0,
            s.dim(1),
            plane,
            true);
    Var mean = rows.meanPool(w).reshape(s);
    float alpha = c.attributes().real("alpha", 1e-4f);
    float beta = c.attributes().real("beta", 0.75f);
    Var base = mean.mul(alpha).add(c.attributes().real("bias", 1));
    return x.div(beta == 0.5f ? base.sqrt() : base.pow(beta));
  }

  /** An image with padding, as each cell of a window sees it. */
  private static final class Cells {
    private final Call call;
    private final Sliding s;
    private final Shape image;
    private final Var padded;

    Cells(Call call, Var x, Sliding s, float padding) {
      if (s.cells() > CELLS) {
        throw new ShapeException("a window of %d cells; at most %d", s.cells(), CELLS);
      }
      this.call = call;
      this.s = s;
      this.image = x.shape();
      int[] before = new int[image.rank()];
      int[] after = new int[image.rank()];
      for (int a = 0; a < s.axes(); a++) {
        int needed = (s.out()[a] - 1) * s.strides()[a] + (s.kernel()[a] - 1) * s.dilations()[a] + 1;
        before[a + 2] = s.before()[a];
        after[a + 2] = Math.max(0, needed - s.before()[a] - image.dim(a + 2));
      }
      padded = Padding.constant(call, x, before, after, padding);
    }

    /** Where cell {@code i} is in the window, along each axis, in pixels. */
    private int[] offset(int i) {
      int[] at = new int[s.axes()];
      for (int a = at.length - 1, rest = i; a >= 0; rest /= s.kernel()[a--]) {
        at[a] = rest % s.kernel()[a] * s.dilations()[a];
      }
      return at;
    }

    /** What cell {@code i} sees in all windows. */
    Var cell(int i) {
      int[] from = new int[image.rank()];
      int[] step = Attributes.repeated(image.rank(), 1);
      int[] offset = offset(i);
      for (int a = 0; a < s.axes(); a++) {
        from[a + 2] = offset[a];
        step[a + 2] = s.strides()[a];
      }
      return padded.slice(from, step, result(padded, s));
    }

    Var sum() {
      Var sum = cell(0);
      for (int i = 1; i < s.cells(); i++) {
        sum = sum.add(cell(i));
      }
      return sum;
    }

    /** The place in the whole input that cell {@code i} sees in each window. */
    Var places(int i) {
      Trace trace = call.trace();
      boolean byColumns = call.attributes().flag("storage_order");
      int[] offset = offset(i);
      int plane = image.sub(2, image.rank()).size();
      Shape planes = image.sub(0, 2).concat(Shape.of(Attributes.repeated(s.axes(), 1)));
      Var places = trace.table(planes, y -> Selection.ramp(y, 0, plane));
      for (int a = 0; a < s.axes(); a++) {
        int weight = (byColumns ? image.sub(2, a + 2) : image.sub(a + 3, image.rank())).size();
        int[] along = Attributes.repeated(image.rank(), 1);
        along[a + 2] = s.out()[a];
        int from = (offset[a] - s.before()[a]) * weight;
        int step = s.strides()[a] * weight;
        places = places.add(trace.table(Shape.of(along), y -> Selection.ramp(y, from, step)));
      }
      return places;
    }
  }
}
