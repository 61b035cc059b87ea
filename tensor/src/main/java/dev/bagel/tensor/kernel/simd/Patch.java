package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.L;

import dev.bagel.tensor.kernel.Span;
import java.util.Arrays;

/**
 * Reads and writes images [N, C, H, W] as pixels, with the channels of a pixel side by side: what a
 * loop needs whose lanes are channels.
 *
 * @param images where the images are
 * @param channels planes of an image
 */
record Patch(Span images, int channels, int h, int w) {
  /** The images that are read. */
  static Patch read(Direction d, Span images) {
    return new Patch(images, d.channels(), d.h(), d.w());
  }

  /** The images that are written. */
  static Patch written(Direction d, Span images) {
    return new Patch(images, d.outputs(), d.outH(), d.outW());
  }

  /**
   * Rows y0 … y0+rows−1 and columns x0 … x0+columns−1 of L channels: s[row][column][L] from {@code
   * to} on, zero outside the image.
   *
   * @param spare room for {@code rows · w · L} floats: the pixels before they are spread
   */
  void gather(
      float[] s, int to, int spare, int image, int block, int y0, int rows, int x0, int columns) {
    int from = images.offset() + (image * channels + block * L) * h * w;
    int top = Math.max(0, y0);
    int inside = Math.max(0, Math.min(h, y0 + rows) - top);
    int some = Math.min(L, channels - block * L);
    if (inside > 0) {
      Lanes.interleave(images.array(), from + top * w, h * w, some, L, inside * w, s, spare, L);
    }
    int left = Math.max(0, x0);
    int before = Math.min(columns, left - x0);
    int copied = Math.max(0, Math.min(w, x0 + columns) - left);
    for (int i = 0; i < rows; i++) {
      int row = to + i * columns * L;
      int y = y0 + i - top;
      int n = y >= 0 && y < inside ? copied : 0;
      Arrays.fill(s, row, row + before * L, 0);
      if (n > 0) {
        System.arraycopy(s, spare + (y * w + left) * L, s, row + before * L, n * L);
      }
      Arrays.fill(s, row + (before + n) * L, row + columns * L, 0);
    }
  }

  /** Writes 2·L channels of {@code rows} whole rows from s[row][column][2·L]. */
  void scatter(float[] s, int from, int image, int block, int y0, int rows) {
    int wide = 2 * L;
    int some = Math.min(wide, channels - block * wide);
    int to = images.offset() + ((image * channels + block * wide) * h + y0) * w;
    Lanes.separate(s, from, wide, some, rows * w, images.array(), to, h * w);
  }
}
