package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * How much each place of some inputs speaks for a class. The numbers are those of the method, in
 * its resolution: they are scaled only to be drawn.
 *
 * @param values [N, h, w]
 * @param signed whether what is negative speaks against the class; if not, nothing is negative
 */
public record Heatmap(Tensor values, boolean signed) {
  private static final double DRAWN = 0.995; // the rest would leave all else in the dark

  public Heatmap {
    if (values.shape().rank() != 3 || values.size() == 0) {
      throw new ShapeException("a heat-map of %s: [N, h, w]", values.shape());
    }
  }

  /** The places of an input: the plane of an image, or a row of features. */
  static Shape plane(Shape example) {
    return switch (example.rank()) {
      case 3 -> example.sub(1, 3);
      case 2 -> example;
      default -> Shape.of(1, example.size());
    };
  }

  /** max_c |·| over the channels: attributions [N, C, H, W] → [N, H, W]. */
  static Heatmap strongest(Tensor attributions) {
    Tensor channels = channels(attributions).abs();
    return new Heatmap(withoutChannel(channels.maxTo(channels.shape().with(1, 1))), false);
  }

  /** Σ_c over the channels. */
  static Heatmap total(Tensor attributions) {
    Tensor channels = channels(attributions);
    return new Heatmap(withoutChannel(channels.sumTo(channels.shape().with(1, 1))), true);
  }

  /** One channel of which nothing is negative, [N, 1, h, w]. */
  static Heatmap positive(Tensor map) {
    return new Heatmap(withoutChannel(map), false);
  }

  private static Tensor channels(Tensor attributions) {
    Shape s = attributions.shape();
    Shape plane = plane(s.sub(1, s.rank()));
    int channels = s.size() / s.dim(0) / plane.size();
    return attributions.reshape(Shape.of(s.dim(0), channels).concat(plane));
  }

  private static Tensor withoutChannel(Tensor map) {
    return map.reshape(map.shape().dim(0), map.shape().dim(2), map.shape().dim(3));
  }

  /** How many inputs. */
  public int size() {
    return values.shape().dim(0);
  }

  /** The map of one input, [h, w]. */
  public Tensor map(int i) {
    return values.slice(i, i + 1).reshape(values.shape().sub(1, 3));
  }

  /** Σ over the places of one input, in double. */
  public double sum(int i) {
    double sum = 0;
    for (float v : map(i).array()) {
      sum += v;
    }
    return sum;
  }

  /** The same at another resolution, [h, w], by bilinear interpolation. */
  public Heatmap resized(Shape plane) {
    if (values.shape().sub(1, 3).equals(plane)) {
      return this;
    }
    Var one = Var.constant(values.reshape(size(), 1, values.shape().dim(1), values.shape().dim(2)));
    return new Heatmap(
        withoutChannel(Fn.resize(one, plane.dim(0), plane.dim(1), Fn.Resize.BILINEAR).value()),
        signed);
  }

  /**
   * How strong each place is beside the strongest ones of its input, to be drawn: from −1, or 0 if
   * nothing is negative, to 1. The strongest half percent of the places are all 1, since few single
   * pixels would leave all else in the dark.
   */
  public Heatmap scaled() {
    float[] scaled = values.toArray();
    int area = scaled.length / size();
    for (int i = 0; i < size(); i++) {
      float[] sorted = map(i).abs().toArray();
      Arrays.sort(sorted);
      float most = sorted[Math.min(area - 1, (int) Math.ceil(DRAWN * area))];
      most = most > 0 ? most : sorted[area - 1];
      for (int p = i * area; p < (i + 1) * area && most > 0; p++) {
        scaled[p] = Math.max(-1, Math.min(1, scaled[p] / most));
      }
    }
    return new Heatmap(Tensor.wrap(values.shape(), scaled), signed);
  }

  /**
   * The share of the places that are more than half as strong as the strongest one, for each input:
   * small where a net looks at one thing.
   */
  public double[] hotShare() {
    double[] shares = new double[size()];
    for (int i = 0; i < shares.length; i++) {
      boolean[] hot = hot(i);
      int count = 0;
      for (boolean h : hot) {
        count += h ? 1 : 0;
      }
      shares[i] = (double) count / hot.length;
    }
    return shares;
  }

  /** Which places are more than half as strong as the strongest one of this input. */
  boolean[] hot(int i) {
    float[] strength = map(i).abs().array();
    float most = 0;
    for (float v : strength) {
      most = Math.max(most, v);
    }
    boolean[] hot = new boolean[strength.length];
    for (int p = 0; p < hot.length; p++) {
      hot[p] = strength[p] > 0.5f * most;
    }
    return hot;
  }

  @Override
  public String toString() {
    return "Heatmap " + values.shape() + (signed ? ", signed" : "");
  }
}
