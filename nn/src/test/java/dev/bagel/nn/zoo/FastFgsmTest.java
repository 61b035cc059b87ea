package dev.bagel.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.io.StateDict;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The published net of "Fast is better than free" against what PyTorch says of it; {@code
 * -Dbagel.data=DIR} or {@code BAGEL_DATA} says where it is.
 */
class FastFgsmTest {
  private static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  private static Model model() throws IOException {
    Path weights = data("models/fast_adversarial_fgsm.npz");
    return StateDict.read(weights).fit(Zoo.fastFgsm(), Shape.of(1, 28, 28)).model();
  }

  private static Dataset test() throws IOException {
    return Datasets.open(data("mnist").toString(), Split.TEST);
  }

  @Test
  void exactly9850TestImagesAreRight() throws IOException {
    Scores scores = Scores.of(model(), test());
    assertEquals(10_000, scores.size());
    assertEquals(9850, scores.correct());
  }

  @Test
  void logitsAndInputGradientsAreThoseOfPyTorch() throws IOException {
    Npz oracle = Npz.open(data("oracles/fast_fgsm.npz"));
    Batch ten = test().batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    Model model = model();
    assertClose(oracle.array("logits10").tensor(), model.scores(ten.x()), 0);
    // where an image is surely right, p − 1 cancels: its rounding, 6e-8, times the slope of the
    // logits, a few, is an error that PyTorch has too
    Tensor gradients = model.gradients(ten.x(), ten.labels());
    assertClose(oracle.array("input_grad10").tensor(), gradients, 2e-7);
    double loss = new Scores(model.scores(ten.x()), ten.labels()).negativeLogLikelihood();
    double sum = oracle.array("ce_sum").doubles()[0];
    assertEquals(sum, 10 * loss, 1e-4 * sum);
  }

  /** Within 1e-4 of the largest element of each row. */
  private static void assertClose(Tensor expected, Tensor actual, double rounding) {
    assertEquals(expected.shape(), actual.shape());
    int row = expected.size() / expected.shape().dim(0);
    for (int r = 0; r < expected.shape().dim(0); r++) {
      double largest = 0;
      double worst = 0;
      for (int i = r * row; i < (r + 1) * row; i++) {
        largest = Math.max(largest, Math.abs(expected.get(i)));
        worst = Math.max(worst, Math.abs(expected.get(i) - actual.get(i)));
      }
      assertTrue(
          worst <= 1e-4 * largest + rounding, "row " + r + ": off by " + worst + " of " + largest);
    }
  }
}
