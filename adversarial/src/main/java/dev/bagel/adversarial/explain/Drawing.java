package dev.bagel.adversarial.explain;

import dev.bagel.adversarial.image.ColourMap;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;

/** Explanations as pictures: red, green and blue from 0 to 1, [3, H, W]. */
public final class Drawing {
  private static final float STRONGEST = 0.8f; // how much of the picture the strongest place hides
  private static final int GAP = 1;

  private Drawing() {}

  /**
   * An input as a picture.
   *
   * @param x [1, H, W] or [3, H, W]; of another number of channels, their mean
   * @param bounds what is black and what is white; if there are none, the extremes of x are
   */
  public static Tensor input(Tensor x, Bounds bounds) {
    Shape s = x.shape();
    if (s.rank() != 3) {
      throw new ShapeException("a picture of %s: [C, H, W]", s);
    }
    Tensor rgb = s.dim(0) == 3 ? x : x.sumTo(s.with(0, 1)).mul(1f / s.dim(0));
    float low = bounds.low();
    float high = bounds.high();
    if (!Float.isFinite(high - low)) {
      low = -rgb.neg().maxTo(Shape.of()).item();
      high = rgb.maxTo(Shape.of()).item();
    }
    float range = high > low ? high - low : 1;
    return rgb.add(-low).mul(1 / range).clamp(0, 1).broadcastTo(s.with(0, 3));
  }

  /** The map of one input at the resolution of a plane, [h, w], in colours. */
  public static Tensor map(Heatmap heat, int i, Shape plane) {
    return colours(heat, scaled(heat, i, plane));
  }

  /** The map of one input over its picture [3, H, W], which shows where the map is weak. */
  public static Tensor overlay(Heatmap heat, int i, Tensor picture) {
    Tensor scaled = scaled(heat, i, picture.shape().sub(1, 3));
    Tensor share = scaled.abs().mul(STRONGEST).reshape(picture.shape().with(0, 1));
    Tensor rest = share.neg().add(1);
    return picture.mul(rest).add(colours(heat, scaled).mul(share));
  }

  /**
   * Every map of a layer, [C, h, w], as the tiles of a picture, row by row; each is scaled to its
   * own strongest place, since a common scale would show few of them.
   */
  public static Tensor grid(Tensor maps) {
    Shape s = maps.shape();
    int across = (int) Math.ceil(Math.sqrt(s.dim(0)));
    int down = (s.dim(0) + across - 1) / across;
    int height = s.dim(1) + GAP;
    int width = s.dim(2) + GAP;
    boolean signed = maps.neg().maxTo(Shape.of()).item() > 0;
    float[] tiles = new float[(down * height - GAP) * (across * width - GAP)];
    for (int c = 0; c < s.dim(0); c++) {
      Tensor map = maps.slice(c, c + 1);
      float most = Math.max(map.abs().maxTo(Shape.of()).item(), Float.MIN_NORMAL);
      int corner = c / across * height * (across * width - GAP) + c % across * width;
      for (int p = 0; p < map.size(); p++) {
        int at = corner + p / s.dim(2) * (across * width - GAP) + p % s.dim(2);
        tiles[at] = map.get(p) / most;
      }
    }
    Shape plane = Shape.of(down * height - GAP, across * width - GAP);
    return (signed ? ColourMap.DIVERGING : ColourMap.HEAT).of(Tensor.wrap(plane, tiles));
  }

  /** The same picture with every pixel {@code n} × {@code n} times. */
  public static Tensor enlarged(Tensor picture, int n) {
    Shape s = picture.shape();
    Tensor apart = picture.reshape(s.dim(0), s.dim(1), 1, s.dim(2), 1);
    return apart
        .broadcastTo(Shape.of(s.dim(0), s.dim(1), n, s.dim(2), n))
        .reshape(s.dim(0), s.dim(1) * n, s.dim(2) * n);
  }

  private static Tensor scaled(Heatmap heat, int i, Shape plane) {
    return new Heatmap(heat.values().slice(i, i + 1), heat.signed()).resized(plane).scaled().map(0);
  }

  private static Tensor colours(Heatmap heat, Tensor scaled) {
    return (heat.signed() ? ColourMap.DIVERGING : ColourMap.HEAT).of(scaled);
  }
}
