package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Images of another size. All ways of it are linear and work on one axis at a time: an axis is
 * multiplied with a matrix of weights; where each weight is 0 or 1, places are taken instead.
 */
final class Resampling {
  private Resampling() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Resize", Operator.one(Resampling::resize), "Upsample", Operator.one(Resampling::resize));

  /** The longest axis that a dry run looks at place by place. */
  private static final int DRY = 4096;

  /** What the nodes say about how to resize; the versions before 11 could not say much. */
  private record Way(
      String mode,
      String coordinates,
      String nearest,
      float cubic,
      boolean inside,
      boolean smooth) {
    static Way of(Call c) {
      Attributes a = c.attributes();
      boolean old = c.opset() < 11 || c.node().operator().equals("Upsample");
      return new Way(
          a.text("mode", "nearest"),
          old ? "asymmetric" : a.text("coordinate_transformation_mode", "half_pixel"),
          old ? "floor" : a.text("nearest_mode", "round_prefer_floor"),
          a.real("cubic_coeff_a", -0.75f),
          a.flag("exclude_outside"),
          a.flag("antialias"));
    }
  }

  /**
   * One axis.
   *
   * @param scale outputs per input
   * @param from where the region of interest begins, 0 … 1
   * @param to where it ends
   */
  private record Axis(int in, int out, double scale, double from, double to) {
    /** The length of the output before it was rounded, which some files mean. */
    private double width() {
      return scale * in;
    }

    /** The place in the input that output {@code i} stands for. */
    double source(int i, String how) {
      return switch (how) {
        case "half_pixel" -> (i + 0.5) / scale - 0.5;
        case "pytorch_half_pixel" -> out > 1 ? (i + 0.5) / scale - 0.5 : 0;
        case "half_pixel_symmetric" ->
            in / 2.0 * (1 - out / (scale * in)) + (i + 0.5) / scale - 0.5;
        case "align_corners" -> out > 1 ? i * (in - 1) / (width() - 1) : 0;
        case "asymmetric" -> i / scale;
        case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
        case "tf_crop_and_resize" ->
            out > 1
                ? from * (in - 1) + i * (to - from) * (in - 1) / (width() - 1)
                : 0.5 * (from + to) * (in - 1);
        default ->
            throw new IllegalArgumentException(
                "coordinate_transformation_mode=" + how + " is not known");
      };
    }

    boolean isOutside(int i, String how) {
      double at = source(i, how);
      return how.equals("tf_crop_and_resize") && (at < 0 || at > in - 1);
    }
  }

  private static Var resize(Call c) {
    Way way = Way.of(c);
    Shape s = c.shape(0);
    int[] axes = c.attributes().integers("axes").orElse(IntStream.range(0, s.rank()).toArray());
    Axis[] all = axes(c, axes);
    Var y = c.data(0).var();
    for (int i = axes.length - 1; i >= 0; i--) {
      Axis a = all[i];
      if (a.in != a.out || a.from != 0 || a.to != 1) {
        int at = s.axis(axes[i]);
        c.mixes(0, at);
        if (c.trace().isDry() && a.out > DRY) {
          y = Var.unknown(y.shape().with(at, a.out));
        } else {
          y = way.mode.equals("nearest") ? nearest(y, at, a, way) : blended(c, y, at, a, way);
        }
      }
    }
    return way.coordinates.equals("tf_crop_and_resize") ? extrapolated(c, y, axes, all) : y;
  }

  // ---- sizes ----------------------------------------------------------------------------------

  private static Axis[] axes(Call c, int[] axes) {
    Shape s = c.shape(0);
    int n = axes.length;
    boolean first = c.opset() < 11 || c.node().operator().equals("Upsample");
    float[] scales = scales(c, first ? 1 : 2);
    float[] roi = !first && c.has(1) && c.shape(1).size() == 2 * n ? c.reals(1) : null;
    boolean cropped =
        c.attributes().text("coordinate_transformation_mode", "").startsWith("tf_crop");
    double[] scale = new double[n];
    int[] out = new int[n];
    if (scales.length > 0) {
      check(scales.length, n);
      for (int i = 0; i < n; i++) {
        scale[i] = scales[i];
        out[i] = Attributes.small("a length", (long) (s.dim(axes[i]) * (double) scales[i]));
      }
    } else {
      out = c.ints(3);
      check(out.length, n);
      for (int i = 0; i < n; i++) {
        scale[i] = (double) out[i] / s.dim(axes[i]);
      }
      keepAspect(c, s, axes, scale, out);
    }
    Axis[] all = new Axis[n];
    for (int i = 0; i < n; i++) {
      boolean region = cropped && roi != null;
      all[i] =
          new Axis(s.dim(axes[i]), out[i], scale[i], region ? roi[i] : 0, region ? roi[n + i] : 1);
      if (all[i].in < 1 || all[i].out < 1) {
        throw new ShapeException("resize %s to %s", s, Arrays.toString(out));
      }
    }
    return all;
  }

  private static float[] scales(Call c, int input) {
    return c.has(input) ? c.reals(input) : c.attributes().reals("scales").orElse(new float[0]);
  }

  private static void check(int found, int axes) {
    if (found != axes) {
      throw new ShapeException("%d scales or sizes for %d axes", found, axes);
    }
  }

  private static void keepAspect(Call c, Shape s, int[] axes, double[] scale, int[] out) {
    String policy = c.attributes().text("keep_aspect_ratio_policy", "stretch");
    if (policy.equals("stretch")) {
      return;
    }
    double one =
        policy.equals("not_larger")
            ? Arrays.stream(scale).min().orElse(1)
            : Arrays.stream(scale).max().orElse(1);
    for (int i = 0; i < out.length; i++) {
      scale[i] = one;
      out[i] = (int) Math.floor(one * s.dim(axes[i]) + 0.5);
    }
  }

  // ---- weights --------------------------------------------------------------------------------

  private static Var nearest(Var x, int axis, Axis a, Way way) {
    int[] places = new int[a.out];
    boolean repeats = a.out % a.in == 0;
    for (int i = 0; i < a.out; i++) {
      double at = a.source(i, way.coordinates);
      double rounded =
          switch (way.nearest) {
            case "round_prefer_floor" -> Math.ceil(at - 0.5);
            case "round_prefer_ceil" -> Math.floor(at + 0.5);
            case "floor" -> Math.floor(at);
            case "ceil" -> Math.ceil(at);
            default ->
                throw new IllegalArgumentException("nearest_mode=" + way.nearest + " is not known");
          };
      places[i] = (int) Math.max(0, Math.min(a.in - 1, rounded));
      repeats = repeats && places[i] == i / (a.out / a.in);
    }
    if (!repeats) {
      return Selection.take(x, axis, places);
    }
    Shape s = x.shape(); // [before, in, 1, after] → [before, in, times, after]
    Shape apart = s.sub(0, axis + 1).concat(Shape.of(1)).concat(s.sub(axis + 1, s.rank()));
    return x.reshape(apart)
        .broadcastTo(apart.with(axis + 1, a.out / a.in))
        .reshape(s.with(axis, a.out));
  }

  private static Var blended(Call c, Var x, int axis, Axis a, Way way) {
    Var weights = c.trace().table(Shape.of(a.out, a.in), y -> fill(y, a, way));
    int rank = x.shape().rank();
    if (axis == rank - 1) {
      return x.matmul(weights, false, true);
    }
    if (axis == rank - 2) {
      return weights.matmul(x);
    }
    int[] order = Selection.axisLast(rank, axis);
    return x.permute(order).matmul(weights, false, true).permute(Selection.inverse(order));
  }

  /** The matrix [out, in] of weights; what lies outside takes the place of the border. */
  private static void fill(float[] y, Axis a, Way way) {
    double stretch = way.smooth ? Math.min(1, a.scale) : 1; // a wider window where pixels get fewer
    int reach =
        switch (way.mode) {
          case "linear" -> 1;
          case "cubic" -> 2;
          default -> throw new IllegalArgumentException("mode=" + way.mode + " is not known");
        };
    int first = (int) Math.floor(-reach / stretch) + 1;
    for (int i = 0; i < a.out; i++) {
      double at = a.source(i, way.coordinates);
      int left = (int) Math.floor(at);
      double sum = 0;
      double[] weights = new double[2 - 2 * first];
      for (int j = 0; j < weights.length; j++) {
        double distance = Math.abs(first + j - (at - left)) * stretch;
        boolean dropped = way.inside && (left + first + j < 0 || left + first + j >= a.in);
        weights[j] =
            dropped ? 0 : reach == 1 ? Math.max(0, 1 - distance) : cubic(distance, way.cubic);
        sum += weights[j];
      }
      for (int j = 0; j < weights.length; j++) {
        int place = Math.max(0, Math.min(a.in - 1, left + first + j));
        y[i * a.in + place] += (float) (weights[j] / sum);
      }
    }
  }

  /** Keys 1981, Eq. (4). */
  private static double cubic(double d, double a) {
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  private static Var extrapolated(Call c, Var y, int[] axes, Axis[] all) {
    float value = c.attributes().real("extrapolation_value", 0);
    Var inside = Var.constant(1f);
    for (int k = 0; k < axes.length; k++) {
      Axis a = all[k];
      int[] along = Attributes.repeated(y.shape().rank(), 1);
      along[y.shape().axis(axes[k])] = a.out;
      Trace.Table is =
          to -> {
            for (int i = 0; i < to.length; i++) {
              to[i] = a.isOutside(i, "tf_crop_and_resize") ? 0 : 1;
            }
          };
      inside = inside.mul(c.trace().table(Shape.of(along), is));
    }
    return inside.where(y, value);
  }
}
