package dev.bagel.nn.onnx;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.Map;

/**
 * Convolutions and their transposes over one, two or three axes. Over one, an axis of length 1 is
 * added; over three, every slice of the filter is a convolution over two.
 */
final class Convolutions {
  private Convolutions() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Conv", Operator.one(Convolutions::conv),
          "ConvTranspose", Operator.one(Convolutions::transposed));

  /** The most slices of a filter over three axes: each is a convolution. */
  private static final int DEPTH = 32;

  private static int[] kernel(Call c) {
    Shape w = c.shape(1);
    if (w.rank() < 3 || w.rank() > 5) {
      throw new ShapeException("filters %s: over one, two or three axes", w);
    }
    int[] kernel = w.sub(2, w.rank()).toArray();
    if (kernel.length == 3 && kernel[0] > DEPTH) {
      throw new ShapeException("filters %s of %d slices; at most %d", w, kernel[0], DEPTH);
    }
    int[] declared = c.attributes().integers("kernel_shape").orElse(kernel);
    if (!Arrays.equals(kernel, declared)) {
      throw new ShapeException("filters %s and kernel_shape %s", w, Arrays.toString(declared));
    }
    return kernel;
  }

  private static Var biased(Call c, Var y) {
    return c.optional(2).map(b -> y.add(perChannel(b, y.shape().rank()))).orElse(y);
  }

  /** [C] → [C, 1, …], so that it broadcasts over [N, C, …] of this rank. */
  static Var perChannel(Var v, int rank) {
    return v.reshape(Shape.of(v.size()).concat(Shape.of(Attributes.repeated(rank - 2, 1))));
  }

  // ---- forwards -------------------------------------------------------------------------------

  private static Var conv(Call c) {
    Sliding s = Sliding.of(c, kernel(c));
    int groups = c.attributes().integer("group", 1);
    return biased(c, conv(c.data(0).var(), c.var(1), s, groups));
  }

  private static Var conv(Var x, Var w, Sliding s, int groups) {
    return switch (s.axes()) {
      case 1 -> withoutAxis(conv(withAxis(x), withAxis(w), s.withAxis(), groups));
      case 2 -> x.conv(w, options(s, groups));
      default -> conv3(x, w, s, groups);
    };
  }

  private static ConvOptions options(Sliding s, int groups) {
    return new ConvOptions(
        s.strides()[0],
        s.strides()[1],
        s.before()[0],
        s.before()[1],
        s.after()[0],
        s.after()[1],
        s.dilations()[0],
        s.dilations()[1],
        groups);
  }

  /** [N, C, L] → [N, C, 1, L]. */
  private static Var withAxis(Var x) {
    Shape s = x.shape();
    return x.reshape(s.dim(0), s.dim(1), 1, s.dim(2));
  }

  private static Var withoutAxis(Var y) {
    return y.reshape(y.shape().without(2));
  }

  /** y[z] = Σᵤ x[z·stride + u·dilation] ⋆ w[u], where z and u count the slices. */
  private static Var conv3(Var x, Var w, Sliding s, int groups) {
    int depth = s.out()[0];
    Var padded = x.pad(new int[] {0, 0, s.before()[0], 0, 0}, new int[] {0, 0, s.after()[0], 0, 0});
    Shape part = padded.shape().with(2, depth);
    Var sum = null;
    for (int u = 0; u < s.kernel()[0]; u++) {
      Var slices =
          padded.slice(
              new int[] {0, 0, u * s.dilations()[0], 0, 0},
              new int[] {1, 1, s.strides()[0], 1, 1},
              part);
      Var y = conv(flat(slices), slice(w, u), s.rest(), groups);
      sum = sum == null ? y : sum.add(y);
    }
    return deep(sum, x.shape().dim(0));
  }

  /** [N, C, D, H, W] → [N·D, C, H, W]. */
  private static Var flat(Var x) {
    Shape s = x.shape();
    return x.permute(0, 2, 1, 3, 4).reshape(s.dim(0) * s.dim(2), s.dim(1), s.dim(3), s.dim(4));
  }

  /** [N·D, C, H, W] → [N, C, D, H, W]. */
  private static Var deep(Var y, int n) {
    Shape s = y.shape();
    return y.reshape(n, s.dim(0) / n, s.dim(1), s.dim(2), s.dim(3)).permute(0, 2, 1, 3, 4);
  }

  private static Var slice(Var w, int u) {
    return w.slice(2, u, u + 1).reshape(w.shape().without(2));
  }

  // ---- transposed -----------------------------------------------------------------------------

  /**
   * A window that is put down {@code strides} apart. Of the whole result, {@code before} and {@code
   * after} are cut off along each axis, and {@code more} zeros are added behind.
   */
  private record Stamp(
      int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] more) {
    /** As options over the last two axes. */
    ConvOptions options(int groups) {
      int y = strides.length - 2;
      int x = strides.length - 1;
      return new ConvOptions(
          at(strides, y, 1),
          strides[x],
          at(before, y, 0),
          before[x],
          at(after, y, 0),
          after[x],
          at(dilations, y, 1),
          dilations[x],
          groups);
    }

    int moreRows() {
      return at(more, more.length - 2, 0);
    }

    int moreColumns() {
      return more[more.length - 1];
    }

    private static int at(int[] list, int i, int otherwise) {
      return i < 0 ? otherwise : list[i];
    }
  }

  private static Var transposed(Call c) {
    Stamp s = stamp(c, kernel(c));
    int groups = c.attributes().integer("group", 1);
    Var x = c.data(0).var();
    Var w = c.var(1);
    c.mixesAllButFirst(0);
    Var y =
        switch (s.kernel.length) {
          case 1 -> withoutAxis(transposed(withAxis(x), withAxis(w), s, groups));
          case 2 -> transposed(x, w, s, groups);
          default -> transposed3(x, w, s, groups);
        };
    return biased(c, y);
  }

  private static Var transposed(Var x, Var w, Stamp s, int groups) {
    return x.convTranspose(w, s.options(groups), s.moreRows(), s.moreColumns());
  }

  /** Every slice of the filter gives slices of the result, a stride apart. */
  private static Var transposed3(Var x, Var w, Stamp s, int groups) {
    int n = x.shape().dim(0);
    int whole = whole(s, 0, x.shape().dim(2));
    Var sum = null;
    for (int u = 0; u < s.kernel[0]; u++) {
      Var y = deep(transposed(flat(x), slice(w, u), s, groups), n);
      Var placed =
          y.place(
              new int[] {0, 0, u * s.dilations[0], 0, 0},
              new int[] {1, 1, s.strides[0], 1, 1},
              y.shape().with(2, whole));
      sum = sum == null ? placed : sum.add(placed);
    }
    return sum.slice(2, s.before[0], whole - s.after[0])
        .pad(new int[5], new int[] {0, 0, s.more[0], 0, 0});
  }

  /** How long the result is along an axis before anything is cut off. */
  private static int whole(Stamp s, int axis, int in) {
    return Math.addExact(
        Math.multiplyExact(in - 1, s.strides[axis]),
        Math.multiplyExact(s.kernel[axis] - 1, s.dilations[axis]) + 1);
  }

  private static Stamp stamp(Call c, int[] kernel) {
    int n = kernel.length;
    if (c.shape(0).rank() != n + 2) {
      throw new ShapeException("filters %s over %s", c.shape(1), c.shape(0));
    }
    Attributes a = c.attributes();
    int[] pads = Sliding.list(c, "pads", 2 * n, 0);
    int[] padding = Sliding.list(c, "output_padding", n, 0);
    int[] declared = a.integers("output_shape").orElse(null); // sometimes of all axes
    String auto = a.text("auto_pad", "NOTSET");
    Stamp s =
        new Stamp(
            kernel,
            Sliding.list(c, "strides", n, 1),
            Sliding.list(c, "dilations", n, 1),
            new int[n],
            new int[n],
            new int[n]);
    for (int i = 0; i < n; i++) {
      int in = c.shape(0).dim(i + 2);
      int whole = whole(s, i, in);
      int length = whole + padding[i] - pads[i] - pads[n + i];
      s.before[i] = pads[i];
      if (declared != null || auto.startsWith("SAME")) {
        length = declared == null ? in * s.strides[i] : declared[declared.length - n + i];
        int drop = Math.max(0, whole + padding[i] - length);
        s.before[i] = auto.equals("SAME_UPPER") ? drop / 2 : drop - drop / 2;
      }
      int rest = whole - s.before[i] - length;
      s.after[i] = Math.max(0, rest);
      s.more[i] = Math.max(0, -rest);
    }
    return s;
  }
}
