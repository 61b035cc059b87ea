package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Convolution;
import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.MaxPool;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Window;
import java.util.List;

/** How convolutions and pools are written; an operand of a convolution more is its bias. */
final class Windows {
  private Windows() {}

  static String conv(GraphDraft out, Var y, List<String> x) {
    return out.node("Conv", x, settings(((Convolution.Forward) y.op()).g()));
  }

  static String convTranspose(GraphDraft out, Var y, List<String> x) {
    Conv g = ((Convolution.ToInput) y.op()).g();
    int rows = (g.oh() - 1) * g.strideY() - g.top() - g.bottom() + (g.kh() - 1) * g.dilationY() + 1;
    int columns =
        (g.ow() - 1) * g.strideX() - g.left() - g.right() + (g.kw() - 1) * g.dilationX() + 1;
    return out.node(
        "ConvTranspose",
        x,
        settings(g).and("output_padding", new int[] {g.h() - rows, g.w() - columns}));
  }

  private static Attributes settings(Conv g) {
    return Attributes.of("dilations", new int[] {g.dilationY(), g.dilationX()})
        .and("group", g.groups())
        .and("kernel_shape", new int[] {g.kh(), g.kw()})
        .and("pads", new int[] {g.top(), g.left(), g.bottom(), g.right()})
        .and("strides", new int[] {g.strideY(), g.strideX()});
  }

  static String maxPool(GraphDraft out, Var y, List<String> x) {
    Window g = ((MaxPool.Take) y.op()).g();
    if (!x.get(0).equals(x.get(1))) {
      throw new IllegalArgumentException(
          "a max pool that chooses by one tensor and takes from another is part of a gradient, and"
              + " not of a model");
    }
    return out.node("MaxPool", List.of(x.get(1)), settings(g, pads(g)));
  }

  /**
   * ONNX divides by the window's cells in the image, or by all of them; ours by those in the padded
   * image. The two differ where a window hangs over the padding: there, zeros become part of the
   * image first.
   */
  static String meanPool(GraphDraft out, Var y, List<String> x) {
    Window g = ((Linear.MeanTake) y.op()).g();
    int[] pads = pads(g);
    boolean hangsOver = pads[2] > g.bottom() || pads[3] > g.right();
    if (!g.countPadding() || !hangsOver) {
      return out.node(
          "AveragePool", x, settings(g, pads).and("count_include_pad", g.countPadding() ? 1 : 0));
    }
    String padded =
        Shapes.padded(
            out,
            x.get(0),
            new long[] {0, 0, g.top(), g.left()},
            new long[] {0, 0, g.bottom(), g.right()});
    int[] over = {0, 0, Math.max(0, pads[2] - g.bottom()), Math.max(0, pads[3] - g.right())};
    return out.node("AveragePool", List.of(padded), settings(g, over));
  }

  /**
   * Padding for which rounding down gives the outputs that there are: runtimes do not agree about
   * {@code ceil_mode}.
   */
  private static int[] pads(Window g) {
    return new int[] {
      g.top(),
      g.left(),
      after(g.h(), g.kh(), g.strideY(), g.top(), g.bottom(), g.oh()),
      after(g.w(), g.kw(), g.strideX(), g.left(), g.right(), g.ow())
    };
  }

  private static int after(int length, int k, int stride, int before, int after, int outputs) {
    boolean fits = (length + before + after - k) / stride + 1 == outputs;
    return fits ? after : Math.max(0, (outputs - 1) * stride + k - before - length);
  }

  private static Attributes settings(Window g, int... pads) {
    return Attributes.of("kernel_shape", new int[] {g.kh(), g.kw()})
        .and("pads", pads)
        .and("strides", new int[] {g.strideY(), g.strideX()});
  }
}
