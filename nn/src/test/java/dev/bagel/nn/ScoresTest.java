package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {
  private static final float LN3 = (float) Math.log(3);

  private static Scores scores(int k, float[] logits, int... labels) {
    return new Scores(Tensor.of(Shape.of(labels.length, k), logits), labels);
  }

  /** Predictions 0, 0, 1, 1, 2 with probability 3/5 each, labels 0, 1, 1, 1, 0. */
  private static Scores five() {
    float[] z = new float[15];
    int[] predicted = {0, 0, 1, 1, 2};
    for (int i = 0; i < 5; i++) {
      z[3 * i + predicted[i]] = LN3;
    }
    return scores(3, z, 0, 1, 1, 1, 0);
  }

  @Test
  void accuracyCountsTheRightOnes() {
    assertEquals(3, five().correct());
    assertEquals(0.6, five().accuracy());
    assertArrayEquals(new int[] {0, 0, 1, 1, 2}, five().predictions());
  }

  @Test
  void confusionHasTrueClassesInRows() {
    int[][] expected = {{1, 0, 1}, {1, 2, 0}, {0, 0, 0}};
    assertArrayEquals(expected, five().confusion());
  }

  @Test
  void precisionRecallAndF1AreTheirFormulas() {
    List<Scores.Quality> q = five().perClass();
    assertEquals(new Scores.Quality(0.5, 0.5, 0.5), q.get(0));
    assertEquals(new Scores.Quality(1, 2 / 3.0, 0.8), q.get(1));
    assertEquals(new Scores.Quality(0, 0, 0), q.get(2)); // predicted once, never true
    Scores.Quality macro = five().macro();
    assertEquals(0.5, macro.precision(), 1e-15);
    assertEquals((0.5 + 2 / 3.0) / 3, macro.recall(), 1e-15);
    assertEquals(1.3 / 3, macro.f1(), 1e-15);
  }

  @Test
  void likelihoodAndConfidenceAreThoseOfTheSoftmax() { // p = 3/5 for the winner, 1/5 else
    assertEquals(
        -(3 * Math.log(0.6) + 2 * Math.log(0.2)) / 5, five().negativeLogLikelihood(), 1e-7);
    assertEquals(0.6, five().meanConfidence(), 1e-7);
    assertEquals(0.6, five().meanConfidenceOnErrors().orElseThrow(), 1e-7);
    assertTrue(scores(2, new float[] {1, 0}, 0).meanConfidenceOnErrors().isEmpty());
  }

  @Test
  void likelihoodSurvivesLargeLogits() {
    assertEquals(60_000, scores(2, new float[] {30_000, -30_000}, 1).negativeLogLikelihood());
    assertEquals(0, scores(2, new float[] {3e38f, -3e38f}, 0).negativeLogLikelihood());
  }

  @Test
  void topKCountsTheTrueClassAmongTheBest() {
    Scores s = scores(4, new float[] {4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1}, 0, 1, 2, 3);
    for (int k = 1; k <= 4; k++) {
      assertEquals(k / 4.0, s.accuracyWithin(k));
    }
    assertThrows(IllegalArgumentException.class, () -> s.accuracyWithin(0));
    assertThrows(IllegalArgumentException.class, () -> s.accuracyWithin(5));
  }

  @Test
  void tiesGoToTheLowerClassInEveryMetric() {
    Scores s = scores(3, new float[] {0, -0f, 0, 0, 0, 0, 0, 0, 0}, 0, 1, 2);
    assertEquals(1 / 3.0, s.accuracy());
    assertEquals(1 / 3.0, s.accuracyWithin(1));
    assertEquals(2 / 3.0, s.accuracyWithin(2));
    assertEquals(1, s.accuracyWithin(3));
    assertArrayEquals(new int[3], s.predictions());
  }

  @Test
  void calibrationErrorIsTheGapOfTheBin() { // all five in the bin of 0.6: accuracy .6
    assertEquals(0, five().calibration().expectedError(), 1e-7);
    Scores sure = scores(2, new float[] {LN3, 0, LN3, 0, LN3, 0, LN3, 0}, 0, 0, 0, 1);
    assertEquals(0, sure.calibration().expectedError(), 1e-7); // .75 and .75
    Scores wrong = scores(2, new float[] {LN3, 0, 0, 0}, 1, 0);
    // bin of .75: accuracy 0, bin of .5: accuracy 1
    assertEquals((0.75 + 0.5) / 2, wrong.calibration().expectedError(), 1e-7);
    assertEquals(0.75, wrong.calibration().largestError(), 1e-7);
  }

  @Test
  void binsCoverConfidenceFromZeroToOne() {
    Calibration c = five().calibration();
    assertEquals(15, c.bins().size());
    assertEquals(0, c.bins().get(0).low());
    assertEquals(1, c.bins().get(14).high());
    assertEquals(5, c.bins().stream().mapToInt(Calibration.Bin::count).sum());
    assertEquals(0, c.bins().get(0).gap());
    Calibration certain = scores(2, new float[] {500, 0}, 0).calibration(4); // exactly 1
    assertEquals(1, certain.bins().get(3).count());
    Calibration half = scores(2, new float[] {0, 0}, 0).calibration(2); // exactly a border: (0, ½]
    assertEquals(1, half.bins().get(0).count());
    assertThrows(IllegalArgumentException.class, () -> five().calibration(0));
  }

  @Test
  void aCalibratedClassifierHasNoExpectedError() { // drawn labels; error ~ 1/√(examples per bin)
    Rng rng = Rng.of(5);
    int n = 20_000;
    Tensor z = Tensor.gaussian(Shape.of(n, 3), rng.at("z")).mul(2);
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      double[] p = {Math.exp(z.get(3 * i)), Math.exp(z.get(3 * i + 1)), Math.exp(z.get(3 * i + 2))};
      double u = rng.at("y").uniformDouble(i) * (p[0] + p[1] + p[2]);
      y[i] = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
    }
    assertEquals(0, new Scores(z, y).calibration().expectedError(), 0.015);
    assertTrue(new Scores(z.mul(3), y).calibration().expectedError() > 0.1, "three times too sure");
  }

  @Test
  void whatCannotBeScoredIsRefused() {
    NotFiniteException e =
        assertThrows(
            NotFiniteException.class, () -> scores(2, new float[] {0, 1, 2, Float.NaN}, 0, 1));
    assertEquals(
        "the logit of example 1 for class 1 is NaN: nothing can be scored", e.getMessage());
    assertThrows(
        NotFiniteException.class, () -> scores(2, new float[] {0, Float.POSITIVE_INFINITY}, 0));
    assertThrows(IllegalArgumentException.class, () -> scores(2, new float[] {0, 1}, 2));
    assertThrows(IllegalArgumentException.class, () -> scores(2, new float[] {0, 1}, -1));
    assertThrows(ShapeException.class, () -> scores(2, new float[0]));
    assertThrows(
        ShapeException.class, () -> new Scores(Tensor.zeros(Shape.of(3, 2)), new int[] {0, 1}));
  }

  @Test
  void laterChangesOfTheLabelsDoNotMatter() {
    int[] labels = {0, 1};
    Scores s = new Scores(Tensor.of(Shape.of(2, 2), 1, 0, 0, 1), labels);
    labels[0] = 1;
    assertEquals(1, s.accuracy());
  }

  /** Numbers 0 … n−1 of class i mod 2. */
  private record Counting(int size) implements Dataset {
    @Override
    public String name() {
      return "counting";
    }

    @Override
    public Shape example() {
      return Shape.of(1);
    }

    @Override
    public List<String> classNames() {
      return List.of("even", "odd");
    }

    @Override
    public int label(int i) {
      return i % 2;
    }

    @Override
    public Batch batch(int... rows) {
      int[] labels = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        labels[i] = label(rows[i]);
      }
      return new Batch(Tensor.ofInts(rows).reshape(rows.length, 1), labels);
    }
  }

  @Test
  void scoresOfADataSetAreInItsOrderAndProgressIsHeard() {
    Classifier f = Classifier.of(x -> Var.concat(1, x.mul(0).add(600), x), new Bounds(0, 2000));
    List<Long> heard = new ArrayList<>();
    Scores s =
        Scores.of(f, new Counting(1300), (done, total, what) -> heard.add(done * 10_000 + total));
    assertEquals(List.of(1300L, 5_121_300L, 10_241_300L, 13_001_300L), heard);
    assertEquals(1300, s.size());
    for (int i = 0; i < 1300; i++) {
      assertEquals(i, s.logits().get(2 * i + 1));
      assertEquals(i > 600 ? 1 : 0, s.predictions()[i]);
    }
    assertThrows(IllegalArgumentException.class, () -> Scores.of(f, new Counting(0)));
  }
}
