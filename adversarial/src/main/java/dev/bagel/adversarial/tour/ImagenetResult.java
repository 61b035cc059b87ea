package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.explain.Agreement;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * What was found on the photographs.
 *
 * @param settings what was done
 * @param pictures what it was done with
 * @param piano the bagel that was to become a grand piano
 * @param terrier the hog that was to become a Lakeland terrier
 * @param crafted the same hog in the steps of each optimizer
 * @param nearest the nearest other answer to each photograph, in the order of the files
 * @param curves the share of the photographs of which the network says what it said before
 * @param before where the network looks on the hog
 * @param after and on the terrier
 * @param agreement how alike these two maps are
 * @param seconds how long all of it took
 */
public record ImagenetResult(
    ImagenetSettings settings,
    ImagenetPictures pictures,
    Example piano,
    Example terrier,
    List<Crafted> crafted,
    List<Nearest> nearest,
    List<Curve> curves,
    Focus before,
    Focus after,
    Agreement agreement,
    double seconds) {
  public ImagenetResult {
    crafted = List.copyOf(crafted);
    nearest = List.copyOf(nearest);
    curves = List.copyOf(curves);
  }

  /**
   * What one optimizer made of the hog.
   *
   * @param verdicts what the network says then, for each start
   * @param target how likely it finds the target, for each start
   */
  public record Crafted(
      ImagenetSettings.Entrant entrant, List<Verdict> verdicts, List<Double> target) {
    public Crafted {
      verdicts = List.copyOf(verdicts);
      target = List.copyOf(target);
    }

    /** From how many starts the network came to say the target. */
    public int reached() {
      return (int) verdicts.stream().filter(v -> v.predicted() == ImagenetPictures.TERRIER).count();
    }
  }

  /**
   * How far a photograph is from another answer.
   *
   * @param distance in ℓ∞; what was found has another answer, unless nothing was found
   */
  public record Nearest(String file, Verdict before, Verdict after, double distance) {}

  /** A picture [3, H, W], what the network says of it, and where it sees that. */
  public record Focus(Tensor picture, Verdict verdict, Heatmap map) {}

  /** The class that the hog was to become. */
  public int target() {
    return ImagenetPictures.TERRIER;
  }

  /** The middle one of the distances to another answer. */
  public double medianDistance() {
    double[] d = nearest.stream().mapToDouble(Nearest::distance).sorted().toArray();
    return (d[(d.length - 1) / 2] + d[d.length / 2]) / 2;
  }

  /** The radii of the curves, the first being 0. */
  public double[] radii() {
    return curves.get(0).points().stream().mapToDouble(Curve.Point::epsilon).toArray();
  }

  @Override
  public String toString() {
    return "ImagenetResult of " + pictures.network() + ", ε " + Arrays.toString(radii());
  }
}
