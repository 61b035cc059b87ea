package dev.bagel.adversarial.junit;

import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The example that a failure shows.
 *
 * @param number in its batch
 * @param what went wrong, in words
 * @param outcome of the evaluation
 * @param original [1, …]
 * @param bounds of the model
 */
record WorstExample(int number, String what, Outcome outcome, Tensor original, Bounds bounds) {
  private static final int LEAST_HEIGHT = 168; // in pixels: smaller pictures are enlarged
  private static final int GAP = 2; // between the panels, in pixels of the example

  /** The share of a class in the softmax of one row of scores, [1, K]. */
  static double probability(Tensor scores, int k) {
    float[] z = scores.toArray();
    double sum = 0;
    for (float other : z) {
      sum += Math.exp((double) other - z[k]);
    }
    return 1 / sum;
  }

  /** Two lines of a message; the picture is drawn on the way. */
  String describe(Path folder) {
    return String.format(
            Locale.ROOT,
            "%n  worst    example %d: %s at distance %.6g%n",
            number,
            what,
            outcome.distance()[number])
        + ("  picture  " + picture(folder));
  }

  private String picture(Path folder) {
    Shape example = original.shape().sub(1, original.shape().rank());
    if (!PngFile.canShow(example)) {
      return "none: inputs " + example + " are no pictures";
    }
    Path file = (folder == null ? defaultFolder() : folder).resolve(name());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      PngFile.write(file, panels(example), new Bounds(0, 1));
      return file + " (original, difference, adversarial)";
    } catch (IOException e) { // the claim has failed all the same
      return "none: " + file + " cannot be written, " + e.getMessage();
    }
  }

  /** Where build tools expect what a test leaves behind. */
  private static Path defaultFolder() {
    return List.of("target", "build").stream()
        .map(Path::of)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(Path.of(System.getProperty("java.io.tmpdir")))
        .resolve("robustness");
  }

  /** After the test that failed. */
  private String name() {

    String test =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .filter(
                            f ->
                                f.getDeclaringClass() != WorstExample.class
                                    && f.getDeclaringClass() != Robustness.class)
                        .findFirst()
                        .map(f -> f.getDeclaringClass().getSimpleName() + "." + f.getMethodName())
                        .orElse("test"));
    return String.format(
        Locale.ROOT, "%s-example-%d.png", test.replaceAll("[^A-Za-z0-9._-]", "-"), number);
  }

  /** Original, difference and adversarial side by side, enlarged, all from 0 to 1. */
  private Tensor panels(Shape example) {
    Tensor adversarial = outcome.x().rows(number).reshape(example);
    Tensor clean = original.reshape(example);
    Tensor delta = adversarial.sub(clean);
    Bounds range = bounds.isClosed() ? bounds : PngFile.around(clean);
    Tensor[] panels = {
      unit(clean, range), unit(delta, PngFile.around(delta)), unit(adversarial, range)
    };
    int c = example.dim(0);
    int h = example.dim(1);
    int w = example.dim(2);
    int zoom = Math.max(1, LEAST_HEIGHT / h);
    int width = (3 * w + 2 * GAP) * zoom;
    float[] out = new float[c * h * zoom * width];
    Arrays.fill(out, 1);
    for (int i = 0; i < out.length; i++) {
      int column = i % width / zoom;
      int row = i / width % (h * zoom) / zoom;
      int channel = i / width / (h * zoom);
      int panel = column / (w + GAP);
      int x = column % (w + GAP);
      if (x < w) {
        out[i] = panels[panel].get((channel * h + row) * w + x);
      }
    }
    return Tensor.wrap(Shape.of(c, h * zoom, width), out);
  }

  private static Tensor unit(Tensor x, Bounds range) {
    return x.add(-range.low()).mul(1 / (range.high() - range.low())).clamp(0, 1);
  }
}
