package dev.bagel.tensor.kernel;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;

/**
 * The geometry of pooling: windows of KH×KW that slide over every plane of [N, C, H, W] and give
 * [N, C, OH, OW].
 *
 * @param n images
 * @param c channels
 * @param h input rows
 * @param w input columns
 * @param kh window rows
 * @param kw window columns
 * @param strideY rows from one window to the next
 * @param strideX columns from one window to the next
 * @param top rows of padding above
 * @param left columns of padding to the left
 * @param oh output rows; given, because rounding up or down is the caller's choice
 * @param ow output columns
 * @param bottom rows of padding below; they count in a mean if {@code countPadding}
 * @param right columns of padding to the right
 * @param countPadding whether a mean divides by the window's cells inside the padded image instead
 *     of inside the image; cells past the padding (a window that hangs over, in ceil mode) never
 *     count
 */
public record Window(
    int n,
    int c,
    int h,
    int w,
    int kh,
    int kw,
    int strideY,
    int strideX,
    int top,
    int left,
    int bottom,
    int right,
    int oh,
    int ow,
    boolean countPadding) {
  public Window {
    if (kh < 1 || kw < 1 || strideY < 1 || strideX < 1) {
      throw new ShapeException(
          "pool: window %d×%d and stride %d×%d must be at least 1", kh, kw, strideY, strideX);
    }
    if (top < 0 || left < 0 || bottom < 0 || right < 0 || top >= kh || left >= kw) {
      throw new ShapeException(
          "pool: padding %d, %d, %d, %d must be in 0 … window − 1 (%d×%d)",
          top, left, bottom, right, kh, kw);
    }
    if (oh < 1 || ow < 1) {
      throw new ShapeException("pool: a %d×%d window does not fit a %d×%d plane", kh, kw, h, w);
    }
    if ((oh - 1) * strideY - top >= h || (ow - 1) * strideX - left >= w) {
      throw new ShapeException("pool: the last of %d×%d windows lies outside %d×%d", oh, ow, h, w);
    }
  }

  /**
   * Windows over {@code input}, with the number of outputs rounded down, or up if {@code ceil} (a
   * window that would begin in the padding after the image is dropped, as PyTorch and ONNX do).
   */
  public static Window of(
      Shape input,
      int kh,
      int kw,
      int strideY,
      int strideX,
      int[] pads,
      boolean ceil,
      boolean countPadding) {
    if (input.rank() != 4) {
      throw new ShapeException("pool %s: an input [N, C, H, W] is needed", input);
    }
    int h = input.dim(2);
    int w = input.dim(3);
    return new Window(
        input.dim(0),
        input.dim(1),
        h,
        w,
        kh,
        kw,
        strideY,
        strideX,
        pads[0],
        pads[1],
        pads[2],
        pads[3],
        count(h, kh, strideY, pads[0], pads[2], ceil),
        count(w, kw, strideX, pads[1], pads[3], ceil),
        countPadding);
  }

  private static int count(int length, int k, int stride, int before, int after, boolean ceil) {
    if (stride < 1 || length + before + after < k) {
      return 0; // refused by the constructor, with its message
    }
    int n = (length + before + after - k + (ceil ? stride - 1 : 0)) / stride + 1;
    return ceil && (n - 1) * stride >= length + before ? n - 1 : n;
  }

  public Shape input() {
    return Shape.of(n, c, h, w);
  }

  public Shape output() {
    return Shape.of(n, c, oh, ow);
  }

  /** First row of window row {@code r} that lies in the image. */
  public int rowFrom(int r) {
    return Math.max(0, r * strideY - top);
  }

  /** One past the last row of window row {@code r} that lies in the image. */
  public int rowTo(int r) {
    return Math.min(h, r * strideY - top + kh);
  }

  /** First column of window column {@code q} that lies in the image. */
  public int columnFrom(int q) {
    return Math.max(0, q * strideX - left);
  }

  /** One past the last column of window column {@code q} that lies in the image. */
  public int columnTo(int q) {
    return Math.min(w, q * strideX - left + kw);
  }

  /** What the sum over window (r, q) is divided by for a mean. */
  public int cells(int r, int q) {
    if (!countPadding) {
      return (rowTo(r) - rowFrom(r)) * (columnTo(q) - columnFrom(q));
    }
    int y = r * strideY - top;
    int x = q * strideX - left;
    return (Math.min(y + kh, h + bottom) - y) * (Math.min(x + kw, w + right) - x);
  }
}
