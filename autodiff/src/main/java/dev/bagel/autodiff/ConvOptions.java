package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Conv;

/**
 * What a convolution does besides its filters: stride, zero padding, dilation, groups.
 *
 * @param top zero rows above
 * @param left zero columns to the left
 * @param bottom zero rows below
 * @param right zero columns to the right
 */
public record ConvOptions(
    int strideY,
    int strideX,
    int top,
    int left,
    int bottom,
    int right,
    int dilationY,
    int dilationX,
    int groups) {
  /** The same stride and padding on all sides. */
  public static ConvOptions of(int stride, int padding) {
    return new ConvOptions(stride, stride, padding, padding, padding, padding, 1, 1, 1);
  }

  /** The same with channels in groups, each of which sees only its own. */
  public ConvOptions groups(int groups) {
    return new ConvOptions(
        strideY, strideX, top, left, bottom, right, dilationY, dilationX, groups);
  }

  /** The same with filters stretched: {@code dilation} pixels from one tap to the next. */
  public ConvOptions dilation(int dilation) {
    return new ConvOptions(strideY, strideX, top, left, bottom, right, dilation, dilation, groups);
  }

  /** The same with other padding on each side. */
  public ConvOptions pads(int top, int left, int bottom, int right) {
    return new ConvOptions(
        strideY, strideX, top, left, bottom, right, dilationY, dilationX, groups);
  }

  /** The geometry for images x [N, C, H, W] and filters w [O, C/G, KH, KW]. */
  Conv geometry(Shape x, Shape w) {
    if (x.rank() != 4 || w.rank() != 4 || x.dim(1) != w.dim(1) * groups) {
      throw new ShapeException(
          "conv of %s with filters %s in %d groups: [N, C, H, W] with [O, C/groups, KH, KW]",
          x, w, groups);
    }
    return new Conv(
        x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(2), w.dim(3), strideY, strideX, top,
        left, bottom, right, dilationY, dilationX, groups);
  }

  /** The geometry whose input gradient takes x [N, C, H, W] with filters w [C, O/G, KH, KW]. */
  Conv transposed(Shape x, Shape w, int outputPaddingY, int outputPaddingX) {
    if (x.rank() != 4 || w.rank() != 4 || x.dim(1) != w.dim(0)) {
      throw new ShapeException(
          "transposed conv of %s with filters %s: [N, C, H, W] with [C, O/groups, KH, KW]", x, w);
    }
    boolean smaller = outputPaddingY < strideY && outputPaddingX < strideX;
    if (!smaller || outputPaddingY < 0 || outputPaddingX < 0) {
      throw new ShapeException(
          "transposed conv: output padding %d×%d must be in 0 … stride − 1 (%d×%d)",
          outputPaddingY, outputPaddingX, strideY, strideX);
    }
    int h = (x.dim(2) - 1) * strideY - top - bottom + (w.dim(2) - 1) * dilationY + 1;
    int v = (x.dim(3) - 1) * strideX - left - right + (w.dim(3) - 1) * dilationX + 1;
    return new Conv(
        x.dim(0),
        w.dim(1) * groups,
        h + outputPaddingY,
        v + outputPaddingX,
        w.dim(0),
        w.dim(2),
        w.dim(3),
        strideY,
        strideX,
        top,
        left,
        bottom,
        right,
        dilationY,
        dilationX,
        groups);
  }
}
