package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class AgreementTest {
  private static Heatmap map(int height, int width, float... values) {
    return new Heatmap(Tensor.of(Shape.of(1, height, width), values), false);
  }

  private static Agreement one(Heatmap a, Heatmap b) {
    return Agreement.of(a, b).get(0);
  }

  @Test
  void equalValuesShareTheirRank() {
    assertArrayEquals(new double[] {0.5, 3, 0.5, 2}, Agreement.ranks(new float[] {1, 9, 1, 4}), 0);
  }

  /** Spearman of (1, 2, 3, 4) and (1, 2, 4, 3) is 1 − 6 · 2 / (4 · 15) = 0.8. */
  @Test
  void numbersOfATextbook() {
    Agreement a = one(map(1, 4, 1, 2, 3, 4), map(1, 4, 1, 20, 400, 30));
    assertEquals(0.8, a.rankCorrelation(), 1e-12);
    // more than half of the strongest: {3, 4} → places 2, 3; {400} → place 2
    assertEquals(0.5, a.iou(), 1e-12);
    Agreement linear = one(map(1, 4, 1, 2, 3, 4), map(1, 4, 3, 5, 7, 9));
    assertEquals(1, linear.correlation(), 1e-12);
    assertEquals(1, linear.rankCorrelation(), 1e-12);
  }

  @Test
  void aMapAgreesWithItselfAtAnyScaleAndNotWithNoise(Rng rng) {
    Tensor x = Tensor.uniform(Shape.of(2, 24, 20), 0, 1, rng.at("x"));
    Tensor y = Tensor.uniform(Shape.of(2, 24, 20), 0, 1, rng.at("y"));
    Heatmap map = new Heatmap(x, false);
    Agreement same = Agreement.mean(Agreement.of(map, new Heatmap(x.mul(8), false)));
    assertEquals(new Agreement(1, 1, 1, 1).toString(), rounded(same).toString());
    Agreement other = Agreement.mean(Agreement.of(map, new Heatmap(y, false)));
    assertTrue(Math.abs(other.correlation()) < 0.25, other.toString());
    assertTrue(Math.abs(other.rankCorrelation()) < 0.25, other.toString());
    assertTrue(Math.abs(other.ssim()) < 0.25, other.toString());
  }

  private static Agreement rounded(Agreement a) {
    return new Agreement(
        Math.rint(a.correlation() * 1e9) / 1e9,
        Math.rint(a.rankCorrelation() * 1e9) / 1e9,
        Math.rint(a.ssim() * 1e9) / 1e9,
        a.iou());
  }

  /** One window: (2μₓμᵧ + C₁)(2σₓᵧ + C₂) / ((μₓ² + μᵧ² + C₁)(σₓ² + σᵧ² + C₂)), by hand. */
  @Test
  void structuralSimilarityOfOneWindow() {
    // μ = ½ both, σ² = ½, σₓᵧ = −½ for (0, 1) and (1, 0), with n − 1 = 1
    double expected = (0.5 + 1e-4) * (-1 + 9e-4) / ((0.5 + 1e-4) * (1 + 9e-4));
    assertEquals(expected, Ssim.of(new float[] {0, 3}, new float[] {5, 0}, 2), 1e-12);
  }

  @Test
  void aMapThatSaysNothingAgreesWithNothing() {
    Heatmap none = map(2, 2, 0, 0, 0, 0);
    Heatmap some = map(2, 2, 0, 1, 0, 0);
    assertEquals(0, one(none, some).correlation());
    assertEquals(0, one(none, some).iou());
    assertEquals(1, one(none, none).correlation());
    assertEquals(1, one(none, none).iou());
  }

  @Test
  void mapsOfTwoResolutionsAreComparedAtTheLarger(Rng rng) {
    Heatmap small = new Heatmap(Tensor.uniform(Shape.of(1, 4, 4), 0, 1, rng), false);
    Heatmap large = small.resized(Shape.of(16, 16));
    assertEquals(1, one(small, large).correlation(), 1e-9);
    assertEquals(1, one(large, small).iou(), 1e-9);
  }

  @Test
  void aMapOfOnePlaceIsHotThere() {
    assertArrayEquals(new double[] {0.25}, map(2, 2, 0, 1, 0.5f, 0).hotShare());
  }
}
