package dev.bagel.adversarial.tour;

import java.util.List;
import java.util.Optional;

/**
 * What a tour found.
 *
 * @param settings what it did
 * @param data what it did it with
 * @param plain the net that was trained as usual
 * @param hardened the net that was then trained on what PGD makes of the images
 * @param examples images that fool the plain net
 * @param targeted the targeted example, if one was found
 * @param check accuracy of the hardened net under the stronger attack
 * @param seconds how long all of it took
 */
public record TourResult(
    TourSettings settings,
    Data data,
    TrainedNet plain,
    TrainedNet hardened,
    List<Example> examples,
    Optional<Targeted> targeted,
    Curve.Point check,
    double seconds) {
  public TourResult {
    examples = List.copyOf(examples);
  }

  /**
   * The images.
   *
   * @param name what the data set is called
   * @param trainImages how many were learned from
   * @param testImages how many were judged by and attacked
   * @param classNames what the classes are called
   */
  public record Data(String name, int trainImages, int testImages, List<String> classNames) {
    public Data {
      classNames = List.copyOf(classNames);
    }
  }

  /** Both nets, the plain one first. */
  public List<TrainedNet> nets() {
    return List.of(plain, hardened);
  }
}
