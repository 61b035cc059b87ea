package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Margins: constant, mirrored or like the border. */
final class Padding {
  private Padding() {}

  /** The longest axis that a dry run looks at place by place. */
  private static final int DRY = 4096;

  static final Map<String, Operator> OPERATORS = Map.of("Pad", Padding::pad);

  /** Until version 10 the widths were attributes; negative ones cut off. */
  private static List<Value> pad(Call c) {
    Shape s = c.shape(0);
    int[] pads = c.integers("pads", 1).orElseThrow(() -> c.unknown("pads"));
    int[] axes = c.has(3) ? c.ints(3) : IntStream.range(0, s.rank()).toArray();
    if (pads.length != 2 * axes.length) {
      throw new ShapeException("pads %s for %d axes", Arrays.toString(pads), axes.length);
    }
    int[] before = new int[s.rank()];
    int[] after = new int[s.rank()];
    for (int i = 0; i < axes.length; i++) {
      int a = s.axis(axes[i]);
      before[a] = pads[i];
      after[a] = pads[axes.length + i];
      if (before[a] != 0 || after[a] != 0) {
        c.mixes(0, a);
      }
    }
    String mode = c.attributes().text("mode", "constant");
    if (!mode.equals("constant")) {
      return List.of(c.data(0).moved(v -> mirrored(c, v, mode, before, after)));
    }
    if (c.value(0) instanceof Numbers n) { // margins of a movement are zeros
      long fill = c.has(2) ? c.numbers(2).item() : 0;
      return List.of(
          n.map(n.element(), v -> v - fill)
              .moved(v -> constant(c, v, before, after, 0))
              .map(n.element(), v -> v + fill));
    }
    float fill = c.has(2) ? c.reals(2)[0] : c.attributes().real("value", 0);
    return c.like(constant(c, c.data(0).var(), before, after, fill));
  }

  /** x in a margin of a number. */
  static Var constant(Call c, Var x, int[] before, int[] after, float fill) {
    Var cut = cropped(x, before, after);
    Var padded = cut.pad(positive(before), positive(after));
    if (fill == 0 || padded == cut) {
      return padded;
    }
    Var ones = c.trace().table(flat(cut.shape(), before, after), y -> Arrays.fill(y, 1));
    return c.trace().sketched(ones).pad(positive(before), positive(after)).where(padded, fill);
  }

  /** Along axes without a margin one element stands for all. */
  private static Shape flat(Shape s, int[] before, int[] after) {
    int[] d = s.toArray();
    for (int a = 0; a < d.length; a++) {
      if (before[a] <= 0 && after[a] <= 0) {
        d[a] = 1;
      }
    }
    return Shape.of(d);
  }

  private static Var cropped(Var x, int[] before, int[] after) {
    Var y = x;
    for (int a = 0; a < before.length; a++) {
      if (before[a] < 0 || after[a] < 0) {
        int n = y.shape().dim(a);
        y = y.slice(a, Math.max(0, -before[a]), n - Math.max(0, -after[a]));
      }
    }
    return y;
  }

  private static int[] positive(int[] pads) {
    return Arrays.stream(pads).map(p -> Math.max(0, p)).toArray();
  }

  /** x in a margin that repeats it, axis by axis. */
  private static Var mirrored(Call c, Var x, String mode, int[] before, int[] after) {
    Var y = x;
    for (int a = 0; a < before.length; a++) {
      if (before[a] != 0 || after[a] != 0) {
        int n = y.shape().dim(a);
        int length = Math.max(0, before[a] + n + after[a]);
        if (c.trace().isDry() && length > DRY) {
          y = Var.unknown(y.shape().with(a, length));
          continue;
        }
        int[] places = new int[length];
        for (int i = 0; i < places.length; i++) {
          places[i] = source(c, mode, i - before[a], n);
        }
        y = Selection.take(y, a, places);
      }
    }
    return y;
  }

  private static int source(Call c, String mode, int i, int n) {
    if (n == 0) {
      throw new ShapeException("a margin around nothing");
    }
    return switch (mode) {
      case "edge" -> Math.max(0, Math.min(n - 1, i));
      case "wrap" -> Math.floorMod(i, n);
      case "reflect" -> {
        int period = Math.max(1, 2 * (n - 1));
        int at = Math.floorMod(i, period);
        yield at < n ? at : period - at;
      }
      default -> throw c.unknown("mode");
    };
  }
}
