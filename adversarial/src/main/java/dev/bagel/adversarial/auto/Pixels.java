package dev.bagel.adversarial.auto;

import dev.bagel.tensor.Shape;

/**
 * How the elements of an example lie: channels, rows, columns.
 *
 * @param c channels
 * @param h rows
 * @param w columns
 */
record Pixels(int c, int h, int w) {
  /** Those of [N, C, H, W]; anything else is one row. */
  static Pixels of(Shape batch) {
    if (batch.rank() == 4) {
      return new Pixels(batch.dim(1), batch.dim(2), batch.dim(3));
    }
    int n = batch.dim(0);
    return new Pixels(1, 1, n == 0 ? 1 : batch.size() / n);
  }

  /** A window in every channel. */
  record Window(int top, int left, int h, int w) {
    boolean has(int y, int x) {
      return y >= top && y < top + h && x >= left && x < left + w;
    }
  }

  /** The place of a pixel in the row of an example. */
  int at(int channel, int y, int x) {
    return (channel * h + y) * w + x;
  }

  /** A side, for a share of the pixels: in one row of pixels, a stretch of as many. */
  int side(double share) {
    return h == 1 ? (int) Math.round(share * w) : (int) Math.round(Math.sqrt(share * h * w));
  }

  /** A window of this side, as far as it fits. */
  Window window(int side, int top, int left) {
    return new Window(top, left, Math.min(side, h), Math.min(side, w));
  }
}
