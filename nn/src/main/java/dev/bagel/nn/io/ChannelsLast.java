package dev.bagel.nn.io;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * Weights of those who keep channels in the last axis, as we keep them:
 *
 * <pre>
 *   convolution               [H, W, in, out]        → [out, in, H, W]
 *   transposed convolution    [H, W, out, in]        → [in, out, H, W]
 *   depthwise convolution     [H, W, in, each]       → [in · each, 1, H, W]
 *   dense                     [in, out]              → [out, in]
 *   dense after a flattening  [H · W · C, out]       → [out, C · H · W]
 * </pre>
 */
final class ChannelsLast {
  private ChannelsLast() {}

  /** A weight of the layer at {@code place} with channels first; itself if it has no such axes. */
  static Tensor toFirst(Tensor t, Place place) {
    Var w = Var.constant(t);
    int rank = t.shape().rank();
    if (place.layer() instanceof Conv2d c && rank == 4) {
      boolean depthwise = c.groups() > 1 && t.shape().dim(2) == c.in();
      Var first = depthwise ? w.permute(2, 3, 0, 1) : w.permute(3, 2, 0, 1);
      Shape s = t.shape();
      return depthwise
          ? first.reshape(s.dim(2) * s.dim(3), 1, s.dim(0), s.dim(1)).value()
          : first.value();
    }
    if (place.layer() instanceof ConvTranspose2d && rank == 4) {
      return w.permute(3, 2, 0, 1).value();
    }
    if (place.layer() instanceof Dense && rank == 2) {
      return rows(w, place).permute(1, 0).value();
    }
    return t;
  }

  /** Rows in the order in which we flatten: plane by plane, not pixel by pixel. */
  private static Var rows(Var w, Place place) {
    Shape planes = place.flattened().orElse(null);
    if (planes == null || planes.size() != w.shape().dim(0)) {
      return w;
    }
    return w.reshape(planes.dim(1), planes.dim(2), planes.dim(0), w.shape().dim(1))
        .permute(2, 0, 1, 3)
        .reshape(w.shape());
  }
}
