package dev.bagel.nn.onnx;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;

/**
 * A window that slides over the last axes of an input, as convolutions and pools declare it.
 *
 * @param before padding before each axis
 * @param after padding after it
 * @param out how many windows there are along each axis
 */
record Sliding(int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] out) {
  /** The window of a node, over input 0 [N, C, …]. */
  static Sliding of(Call c, int[] kernel) {
    Shape x = c.shape(0);
    int n = kernel.length;
    if (x.rank() != n + 2 || n == 0) {
      throw new ShapeException("a window %s over %s", Arrays.toString(kernel), x);
    }
    int[] strides = list(c, "strides", n, 1);
    int[] dilations = list(c, "dilations", n, 1);
    int[] pads = list(c, "pads", 2 * n, 0);
    int[] before = new int[n];
    int[] after = new int[n];
    int[] out = new int[n];
    boolean ceil = c.attributes().flag("ceil_mode");
    for (int i = 0; i < n; i++) {
      int length = x.dim(i + 2);
      int reach = (kernel[i] - 1) * dilations[i] + 1;
      if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 || reach < 1) {
        throw new ShapeException("a window %s", Arrays.toString(kernel));
      }
      String auto = c.attributes().text("auto_pad", "NOTSET");
      switch (auto) {
        case "NOTSET" -> {
          before[i] = pads[i];
          after[i] = pads[n + i];
          out[i] = count(length, reach, strides[i], before[i], after[i], ceil);
        }
        case "VALID" -> out[i] = count(length, reach, strides[i], 0, 0, ceil);
        case "SAME_UPPER", "SAME_LOWER" -> {
          out[i] = (length + strides[i] - 1) / strides[i];
          int pad = Math.max(0, (out[i] - 1) * strides[i] + reach - length);
          before[i] = auto.equals("SAME_UPPER") ? pad / 2 : pad - pad / 2;
          after[i] = pad - before[i];
        }
        default -> throw c.unknown("auto_pad");
      }
    }
    c.mixesAllButFirst(0);
    return new Sliding(kernel, strides, dilations, before, after, out);
  }

  /** A window that would begin behind the image is none. */
  private static int count(int length, int reach, int stride, int before, int after, boolean ceil) {
    int room = length + before + after - reach;
    if (room < 0 || before < 0 || after < 0) {
      throw new ShapeException(
          "a window that reaches over %d places does not fit %d with padding %d and %d",
          reach, length, before, after);
    }
    int n = (room + (ceil ? stride - 1 : 0)) / stride + 1;
    return ceil && (n - 1) * stride >= length + before ? n - 1 : n;
  }

  /** An attribute of {@code n} numbers. */
  static int[] list(Call c, String name, int n, int otherwise) {
    int[] values = c.attributes().integers(name).orElse(Attributes.repeated(n, otherwise));
    if (values.length != n) {
      throw new IllegalArgumentException(
          name + " has " + values.length + " numbers and needs " + n);
    }
    return values;
  }

  int axes() {
    return kernel.length;
  }

  /** The places of the window, as many as its cells. */
  int cells() {
    return Arrays.stream(kernel).reduce(1, Math::multiplyExact);
  }

  boolean isDilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  /** The same over an input with one more axis, of length 1, in front. */
  Sliding withAxis() {
    return new Sliding(
        prepended(kernel, 1),
        prepended(strides, 1),
        prepended(dilations, 1),
        prepended(before, 0),
        prepended(after, 0),
        prepended(out, 1));
  }

  /** The same over an input that has the padding already. */
  Sliding withoutPadding() {
    return new Sliding(kernel, strides, dilations, new int[axes()], new int[axes()], out);
  }

  /** The same without the first axis. */
  Sliding rest() {
    return new Sliding(
        tail(kernel), tail(strides), tail(dilations), tail(before), tail(after), tail(out));
  }

  private static int[] tail(int[] list) {
    return Arrays.copyOfRange(list, 1, list.length);
  }

  private static int[] prepended(int[] list, int first) {
    int[] y = new int[list.length + 1];
    y[0] = first;
    System.arraycopy(list, 0, y, 1, list.length);
    return y;
  }
}
