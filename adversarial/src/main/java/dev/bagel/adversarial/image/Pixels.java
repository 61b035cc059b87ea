package dev.bagel.adversarial.image;

/**
 * A picture of a byte per value, channel by channel.
 *
 * @param values [C, H, W], which nobody changes
 */
record Pixels(int channels, int height, int width, byte[] values) {
  /** The middle of the picture; where a border cannot be halved, the half goes to the even side. */
  Pixels centre(int h, int w) {
    int top = (int) Math.rint((height - h) / 2.0); // as Python rounds
    int left = (int) Math.rint((width - w) / 2.0);
    byte[] cut = new byte[channels * h * w];
    for (int row = 0; row < channels * h; row++) {
      int from = (row / h * height + top + row % h) * width + left;
      System.arraycopy(values, from, cut, row * w, w);
    }
    return new Pixels(channels, h, w, cut);
  }
}
