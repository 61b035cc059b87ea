package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a model learns from, and what it is validated on.
 *
 * @param train the examples to learn from
 * @param validation others; null if there are none
 */
record TrainingData(Examples train, Examples validation) {
  /**
   * Opens the examples: validation is the source's test part, or a share of the training examples,
   * the last ones, if that is asked for.
   *
   * @param share of the training examples; null for the test part, if there is one
   */
  static TrainingData open(DataOptions options, Shape example, Double share) throws IOException {
    if (share != null && !(share >= 0 && share < 1)) {
      throw new WrongUse("share " + share, "--validation-split", "from 0 (none) to below 1");
    }
    Examples all = options.open(example, Split.TRAIN);
    if (!all.labelled()) {
      throw new WrongUse(
          "pictures without classes",
          "--data " + all.source(),
          "put them into one sub-folder per class");
    }
    if (share != null) {
      return parted(all, share);
    }
    if (all.split() != Split.TRAIN || !hasTestPart(all.source())) {
      return new TrainingData(all, null);
    }
    Dataset test = options.whole(Split.TEST);
    return new TrainingData(all, new Examples(test, all.source(), Split.TEST, 0, true, List.of()));
  }

  private static TrainingData parted(Examples all, double share) {
    int held = (int) Math.round(share * all.data().size());
    int left = all.data().size() - held;
    if (left < 1 || (held < 1 && share > 0)) {
      throw new WrongUse(
          "a share of " + share + " of " + all.data().size() + " examples",
          "--validation-split",
          "choose one that leaves some on both sides");
    }
    if (held == 0) {
      return new TrainingData(all, null);
    }
    return new TrainingData(part(all, 0, left), part(all, left, held));
  }

  private static Examples part(Examples all, int from, int count) {
    List<String> files =
        all.files().isEmpty() ? List.of() : all.files().subList(from, from + count);
    return new Examples(
        all.data().slice(from, count), all.source(), all.split(), all.offset() + from, true, files);
  }

  /** Whether a source has a test part of its own, so that it is not what was trained on. */
  private static boolean hasTestPart(String source) throws IOException {
    Path path = Path.of(source);
    if (Files.isDirectory(path)) {
      return !ImageFiles.isAt(path);
    }
    if (source.endsWith(".npz")) {
      return Npz.open(path).contains("x_test");
    }
    return !Files.exists(path); // a name: both fashion-mnist have a test part
  }
}
