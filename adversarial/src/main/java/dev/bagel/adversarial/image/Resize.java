package dev.bagel.adversarial.image;

/**
 * How a picture of another size becomes one of the model's: it is resized, and the middle of that
 * is cut out. With {@code new Resize(256, 256, true)} and a model for 227 × 227 this is what a
 * torchvision pipeline of Resize and CenterCrop does to a Pillow image, to the bit.
 *
 * @param height in pixels
 * @param width in pixels; 0 for a picture that keeps its proportions: {@code height} is then the
 *     length of its shorter side
 * @param antialias whether a picture that shrinks is smoothed as much as it shrinks, as Pillow does
 *     it; if not, each pixel comes from its four nearest ones and the rest is not looked at, as in
 *     OpenCV
 */
public record Resize(int height, int width, boolean antialias) {
  private static final int LONGEST = 1 << 14;

  public Resize {
    if (height < 1 || height > LONGEST || width < 0 || width > LONGEST) {
      throw new IllegalArgumentException(
          "resizing to " + height + " × " + width + ": sides from 1 to " + LONGEST);
    }
  }

  /** The shorter side becomes {@code length}, and the proportions stay. */
  public static Resize shorterSide(int length) {
    return new Resize(length, 0, true);
  }

  /** The same without smoothing. */
  public Resize plain() {
    return new Resize(height, width, false);
  }

  /** The height and the width that a picture of this size gets, before anything is cut off. */
  int[] sides(int pictureHeight, int pictureWidth) {
    if (width > 0) {
      return new int[] {height, width};
    }
    int shorter = Math.min(pictureHeight, pictureWidth);
    return new int[] {longer(pictureHeight, shorter), longer(pictureWidth, shorter)};
  }

  private int longer(int side, int shorter) { // rounded down, as torchvision does it
    return (int) Math.min(Integer.MAX_VALUE, (long) side * height / shorter);
  }

  Pixels of(Pixels from) {
    int[] sides = sides(from.height(), from.width());
    return Resampling.of(from, sides[0], sides[1], antialias);
  }
}
