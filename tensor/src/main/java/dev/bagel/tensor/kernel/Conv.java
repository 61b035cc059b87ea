package dev.bagel.tensor.kernel;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;

/**
 * The geometry of a two-dimensional cross-correlation: input [N, C, H, W], filters [O, C/G, KH,
 * KW], output [N, O, OH, OW].
 *
 * <p>{@code y[n, o, r, q] = Σ_{c,u,v} x[n, c, r·stride + u·dilation − top, q·stride + v·dilation −
 * left] · w[o, c, u, v]}, where reading outside the image gives 0 and c runs over the channels of
 * o's group.
 *
 * @param n images
 * @param c input channels
 * @param h input rows
 * @param w input columns
 * @param o output channels
 * @param kh filter rows
 * @param kw filter columns
 * @param strideY rows from one output row to the next
 * @param strideX columns from one output column to the next
 * @param top zero rows above the image
 * @param left zero columns to its left
 * @param bottom zero rows below it
 * @param right zero columns to its right
 * @param dilationY rows from one filter row to the next
 * @param dilationX columns from one filter column to the next
 * @param groups number of groups that channels fall into; C and O are multiples of it
 */
public record Conv(
    int n,
    int c,
    int h,
    int w,
    int o,
    int kh,
    int kw,
    int strideY,
    int strideX,
    int top,
    int left,
    int bottom,
    int right,
    int dilationY,
    int dilationX,
    int groups) {
  public Conv {
    if (kh < 1 || kw < 1 || strideY < 1 || strideX < 1 || dilationY < 1 || dilationX < 1) {
      throw new ShapeException(
          "conv: kernel %d×%d, stride %d×%d and dilation %d×%d must be at least 1",
          kh, kw, strideY, strideX, dilationY, dilationX);
    }
    if (top < 0 || left < 0 || bottom < 0 || right < 0) {
      throw new ShapeException(
          "conv: padding %d, %d, %d, %d must not be negative", top, left, bottom, right);
    }
    if (groups < 1 || c % groups != 0 || o % groups != 0) {
      throw new ShapeException("conv: %d groups do not divide %d → %d channels", groups, c, o);
    }
    if (h + top + bottom < (kh - 1) * dilationY + 1
        || w + left + right < (kw - 1) * dilationX + 1) {
      throw new ShapeException(
          "conv: a %d×%d kernel (dilation %d×%d) does not fit a %d×%d image with its padding",
          kh, kw, dilationY, dilationX, h, w);
    }
  }

  public int oh() {
    return (h + top + bottom - (kh - 1) * dilationY - 1) / strideY + 1;
  }

  public int ow() {
    return (w + left + right - (kw - 1) * dilationX - 1) / strideX + 1;
  }

  /** Input channels of one group. */
  public int groupC() {
    return c / groups;
  }

  /** Output channels of one group. */
  public int groupO() {
    return o / groups;
  }

  public Shape input() {
    return Shape.of(n, c, h, w);
  }

  public Shape filters() {
    return Shape.of(o, groupC(), kh, kw);
  }

  public Shape output() {
    return Shape.of(n, o, oh(), ow());
  }
}
