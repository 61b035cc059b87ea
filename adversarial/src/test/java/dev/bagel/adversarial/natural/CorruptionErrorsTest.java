package dev.bagel.adversarial.natural;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Tensors;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class CorruptionErrorsTest {
  private static CorruptionErrors errors(double clean, double all) {
    Map<Corruption, double[]> errors = new EnumMap<>(Corruption.class);
    for (Corruption c : Corruption.values()) {
      errors.put(c, new double[] {all, all, all, all, all});
    }
    return new CorruptionErrors(clean, errors);
  }

  /** Bright pictures are of class 1: a net that brightness deceives. */
  private static Classifier brightness() {
    return Classifier.of(
        x -> {
          Var mean = x.sumEach().mul((float) x.shape().dim(0) / x.size());
          Var column = mean.reshape(x.shape().dim(0), 1);
          return Var.concat(1, column.neg().add(1), column);
        },
        Bounds.UNIT);
  }

  private static Dataset halves(int n, Rng rng) {
    float[] x = new float[n * 64];
    int[] labels = new int[n];
    for (int i = 0; i < x.length; i++) {
      labels[i / 64] = i / 64 % 2;
      x[i] = 0.1f + 0.3f * rng.uniform(i) + 0.45f * labels[i / 64];
    }
    return new Tensors("halves", Tensor.wrap(Shape.of(n, 1, 8, 8), x), labels, List.of("a", "b"));
  }

  @Test
  void aModelIsAsGoodAsItself(Rng rng) {
    CorruptionErrors e =
        CorruptionErrors.of(brightness(), halves(300, rng), Rng.of(1), Progress.NONE);
    assertEquals(0, e.clean());
    assertEquals(1, e.mce(e), 1e-12);
    assertEquals(1, e.relativeMce(e), 1e-12);
    assertEquals(0.5, e.at(Corruption.BRIGHTNESS, 5), 0.01, "all dark ones look bright");
    assertEquals(0, e.at(Corruption.CONTRAST, 5), "the mean stays");
  }

  @Test
  void ratiosAreThoseOfThePaper() {
    CorruptionErrors baseline = errors(0.2, 0.8);
    CorruptionErrors model = errors(0.1, 0.4);
    assertEquals(0.5, model.mce(baseline), 1e-12);
    assertEquals(0.5, model.relativeMce(baseline), 1e-12);
    assertEquals(0.5, errors(0.3, 0.4).mce(baseline), 1e-12);
    assertEquals(1 / 6.0, errors(0.3, 0.4).relativeMce(baseline), 1e-12);
    assertEquals(0.4, model.mean(), 1e-12);
  }

  @Test
  void aBaselineThatNeverErrsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> errors(0, 0.1).mce(errors(0, 0)));
    assertThrows(IllegalArgumentException.class, () -> new CorruptionErrors(0, Map.of()));
  }

  // ---- filtration
  // ---------------------------------------------------------------------------------

  private static Classifier scores(float[]... rows) {
    float[] all = new float[rows.length * 2];
    for (int i = 0; i < all.length; i++) {
      all[i] = rows[i / 2][i % 2];
    }
    Var table = Var.constant(Tensor.wrap(Shape.of(rows.length, 2), all));
    return Classifier.of( // the input is the number of its row
        x -> x.reshape(x.shape().dim(0)).oneHot(rows.length).matmul(table), Bounds.NONE);
  }

  @Test
  void whatAllModelsGetWrongWithConfidenceIsKept() {
    Dataset data =
        new Tensors(
            "rows",
            Tensor.of(Shape.of(4, 1), 0, 1, 2, 3),
            new int[] {0, 0, 0, 1},
            List.of("a", "b"));
    Classifier f =
        scores(new float[] {0, 5}, new float[] {0, 5}, new float[] {0, 1}, new float[] {5, 0});
    Classifier g =
        scores(new float[] {0, 5}, new float[] {5, 0}, new float[] {0, 5}, new float[] {5, 0});
    Filtration.Kept kept = new Filtration(0.9).keep(List.of(f, g), data, Progress.NONE);
    assertArrayEquals(new int[] {0, 3}, kept.rows());
    assertArrayEquals(
        new int[] {0, 2, 3}, new Filtration(0.5).keep(List.of(f, g), data, Progress.NONE).rows());
    Dataset hard = kept.from(data);
    assertEquals("rows-A", hard.name());
    assertArrayEquals(new int[] {0, 1}, hard.labels());
    assertEquals(3, hard.all().x().get(1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Filtration(0.5).keep(List.<Classifier>of(), data, Progress.NONE));
  }
}
