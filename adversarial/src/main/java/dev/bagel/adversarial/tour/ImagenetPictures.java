package dev.bagel.adversarial.tour;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A network for the thousand classes of ImageNet, and photographs to show it.
 *
 * @param network what it is called
 * @param model the network, for pictures from 0 to 1
 * @param classNames what its classes are called
 * @param files the photographs' names, a bagel and a hog among them
 * @param x the photographs, [N, 3, H, W]
 */
public record ImagenetPictures(
    String network, Model model, List<String> classNames, List<String> files, Tensor x) {
  /** How many classes ImageNet has. */
  public static final int CLASSES = 1000;

  static final int TERRIER = 189;
  static final int HOG = 341;
  static final int GRAND_PIANO = 579;
  static final int BAGEL = 931;

  private static final String HOG_FILE = "n02395406";
  private static final String BAGEL_FILE = "n07693725";

  /**
   * Checks that all fits together.
   *
   * @throws IllegalArgumentException if it does not; the message says what is missing
   */
  public ImagenetPictures {
    classNames = List.copyOf(classNames);
    files = List.copyOf(files);
    check(model.bounds().equals(Bounds.UNIT), "its inputs are no pictures from 0 to 1");
    check(
        model.example().rank() == 3 && model.example().dim(0) == 3,
        "its inputs " + model.example() + " are no pictures in colour");
    int classes = model.scores(x.slice(0, 0)).shape().dim(1); // looks at shapes alone
    check(classes == CLASSES, classes + " classes: ImageNet has a thousand");
    check(
        classNames.size() == CLASSES,
        classNames.size() + " names of classes: ImageNet has a thousand");
    row(files, HOG_FILE);
    row(files, BAGEL_FILE);
  }

  private static void check(boolean fits, String message) {
    if (!fits) {
      throw new IllegalArgumentException(message);
    }
  }

  private static int row(List<String> files, String prefix) {
    return IntStream.range(0, files.size())
        .filter(i -> files.get(i).startsWith(prefix))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no picture " + prefix + "… among " + files));
  }

  int hog() {
    return row(files, HOG_FILE);
  }

  int bagel() {
    return row(files, BAGEL_FILE);
  }

  /** One photograph as a batch. */
  Tensor batch(int i) {
    return x.rows(i);
  }

  /** One photograph, [3, H, W]. */
  public Tensor picture(int i) {
    return x.rows(i).reshape(model.example());
  }

  Verdict verdict(Tensor picture) {
    Tensor batch = picture.reshape(Shape.of(1).concat(model.example()));
    return Verdict.of(Verdict.probabilities(model.scores(batch))[0], classNames);
  }
}
