package dev.bagel.adversarial.image;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.List;

/** Numbers as colours that the colour-blind can read: all of this project's are here. */
public enum ColourMap {
  /** ColorBrewer's RdBu, from blue (−1) by white (0) to red (1). */
  DIVERGING(
      -1, 33, 102, 172, /* */ 103, 169, 207, /* */ 247, 247, 247, /* */ 239, 138, 98, /* */ 178, 24,
      43),
  /** After Smith and van der Walt's inferno, from black (0) by red to light yellow (1). */
  HEAT(0, 0, 0, 4, /* */ 87, 16, 110, /* */ 188, 55, 84, /* */ 249, 142, 9, /* */ 252, 255, 164);

  private static final int CHANNELS = 3;

  private final int low;

  @SuppressWarnings("ImmutableEnumChecker") // of numbers, and nobody can change it
  private final List<Integer> anchors; // equally far apart, three bytes each

  ColourMap(int low, Integer... anchors) {
    this.low = low;
    this.anchors = List.of(anchors);
  }

  /** A picture of some numbers: [h, w] → red, green and blue from 0 to 1, [3, h, w]. */
  public Tensor of(Tensor values) {
    Shape s = values.shape();
    if (s.rank() != 2) {
      throw new ShapeException("colours of %s: [h, w]", s);
    }
    float[] colours = new float[CHANNELS * s.size()];
    for (int p = 0; p < s.size(); p++) {
      for (int c = 0; c < CHANNELS; c++) {
        colours[c * s.size() + p] = colour(values.get(p), c);
      }
    }
    return Tensor.wrap(Shape.of(CHANNELS).concat(s), colours);
  }

  /** Between the two nearest anchors; what is beyond the ends has the colour of its end. */
  private float colour(float value, int channel) {
    int last = anchors.size() / CHANNELS - 1;
    double place = Math.min(1, Math.max(0, (value - low) / (1.0 - low))) * last;
    int i = Math.min(last - 1, (int) place);
    double from = anchors.get(CHANNELS * i + channel);
    double to = anchors.get(CHANNELS * (i + 1) + channel);
    return (float) ((from + (place - i) * (to - from)) / 255);
  }
}
