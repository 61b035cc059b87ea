package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class SurrogateTest {
  private static final int N = 40;
  private static final int K = 7;
  private static final List<Surrogate> ALL =
      List.of(Surrogate.crossEntropy(), Surrogate.margin(), Surrogate.dlr());

  private static Surrogate.Aim untargeted(int... labels) {
    return new Surrogate.Aim(Var.constant(Tensor.ofInts(labels)), null);
  }

  private static Surrogate.Aim targeted(int[] labels, int[] targets) {
    return new Surrogate.Aim(
        Var.constant(Tensor.ofInts(labels)), Var.constant(Tensor.ofInts(targets)));
  }

  private static int[] classes(Rng rng) {
    return IntStream.range(0, N).map(i -> rng.below(i, K)).toArray();
  }

  /** Every label's successor but one. */
  private static int[] others(int[] labels) {
    return Arrays.stream(labels).map(y -> (y + 2) % K).toArray();
  }

  // ---- the formulas in double
  // ---------------------------------------------------------------------

  private static double crossEntropy(double[] z, int y) {
    return Math.log(Arrays.stream(z).map(v -> Math.exp(v - z[y])).sum());
  }

  private static double bestOther(double[] z, int y) {
    return IntStream.range(0, z.length).filter(j -> j != y).mapToDouble(j -> z[j]).max().orElse(0);
  }

  private static double dlr(double[] z, int y) {
    double[] s = descending(z);
    return -(z[y] - bestOther(z, y)) / (s[0] - s[2]);
  }

  private static double dlr(double[] z, int y, int t) {
    double[] s = descending(z);
    return -(z[y] - z[t]) / (s[0] - (s[2] + s[3]) / 2);
  }

  private static double[] descending(double[] z) {
    return Arrays.stream(z).map(v -> -v).sorted().map(v -> -v).toArray();
  }

  private static double[] row(Tensor z, int r) {
    return IntStream.range(0, K).mapToDouble(j -> z.get(r * K + j)).toArray();
  }

  @Test
  void valuesAreThoseOfTheFormulas(Rng rng) {
    Tensor z = Tensor.gaussian(Shape.of(N, K), rng).mul(4);
    int[] y = classes(rng.at("y"));
    int[] t = others(y);
    Var ce = Surrogate.crossEntropy().of(Var.constant(z), untargeted(y));
    Var ceTo = Surrogate.crossEntropy().of(Var.constant(z), targeted(y, t));
    Var margin = Surrogate.margin().of(Var.constant(z), untargeted(y));
    Var marginTo = Surrogate.margin().of(Var.constant(z), targeted(y, t));
    Var dlr = Surrogate.dlr().of(Var.constant(z), untargeted(y));
    Var dlrTo = Surrogate.dlr().of(Var.constant(z), targeted(y, t));
    for (int r = 0; r < N; r++) {
      double[] zr = row(z, r);
      assertClose(logOdds(crossEntropy(zr, y[r])), ce, r);
      assertClose(-logOdds(crossEntropy(zr, t[r])), ceTo, r);
      assertClose(bestOther(zr, y[r]) - zr[y[r]], margin, r);
      assertClose(zr[t[r]] - bestOther(zr, t[r]), marginTo, r);
      assertClose(dlr(zr, y[r]), dlr, r);
      assertClose(dlr(zr, y[r], t[r]), dlrTo, r);
    }
  }

  /** u with log(1 + eᵘ) = ce. */
  private static double logOdds(double ce) {
    return Math.log(Math.expm1(ce));
  }

  /** Scores a thousand times too large make no difference to the direction: nothing is masked. */
  @Test
  void aModelThatIsTooSureOfItselfStillHasAGradient(Rng rng) {
    Tensor z = Tensor.gaussian(Shape.of(N, K), rng);
    int[] y = z.argmax(); // all of them right, most of them surely
    for (Surrogate s : List.of(Surrogate.crossEntropy(), Surrogate.margin())) {
      Var leaf = Var.leaf(z);
      Tensor g = Grad.of(s.of(leaf.mul(1000), untargeted(y)).sum(), leaf).get(0).value();
      for (int r = 0; r < N; r++) {
        assertTrue(g.get(r * K + y[r]) < -1, s + " is flat at example " + r);
      }
    }
  }

  private static void assertClose(double expected, Var actual, int r) {
    assertEquals(Shape.of(N), actual.shape());
    assertEquals(expected, actual.value().get(r), 1e-5 * (1 + Math.abs(expected)));
  }

  @Test
  void aTieForTheFirstPlaceIsAMarginOfZero() {
    Var z = Var.leaf(Tensor.of(Shape.of(1, 4), 2, 2, 1, -1));
    Var margin = Surrogate.margin().of(z, untargeted(0));
    assertEquals(0, margin.value().get(0));
    assertEquals(Tensor.of(Shape.of(1, 4), -1, 1, 0, 0), Grad.of(margin.sum(), z).get(0).value());
    assertEquals(0, Surrogate.dlr().of(z, untargeted(1)).value().get(0));
  }

  /** Rank counts places, not values: of 3, 3, 3, 1 the third is 3, and the denominator 0. */
  @Test
  void tiesInTheDenominatorLeaveDlrFinite() {
    Var z = Var.leaf(Tensor.of(Shape.of(1, 4), 3, 3, 3, 1));
    Var dlr = Surrogate.dlr().of(z, untargeted(0));
    assertEquals(0, dlr.value().get(0));
    assertEquals(-1, Grad.of(dlr.sum(), z).get(0).value().firstNotFinite());
  }

  @Test
  void dlrDoesNotFeelTheScaleOfTheScores(Rng rng) {
    Tensor z = Tensor.gaussian(Shape.of(N, K), rng);
    int[] y = classes(rng.at("y"));
    Tensor one = Surrogate.dlr().of(Var.constant(z), untargeted(y)).value();
    Tensor many = Surrogate.dlr().of(Var.constant(z.mul(1000)), untargeted(y)).value();
    for (int r = 0; r < N; r++) {
      assertEquals(one.get(r), many.get(r), 1e-4 * (1 + Math.abs(one.get(r))));
    }
  }

  /** Scores with gaps, so that a finite difference meets no change of rank. */
  private static Tensor apart(Rng rng) {
    float[] z = new float[N * K];
    for (int r = 0; r < N; r++) {
      int[] order = rng.at(r).permutation(K);
      for (int j = 0; j < K; j++) {
        z[r * K + j] = order[j] * 0.7f + 0.1f * rng.at(r).uniform(j);
      }
    }
    return Tensor.of(Shape.of(N, K), z);
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences(Rng rng) {
    Tensor z = apart(rng.at("z"));
    int[] y = classes(rng.at("y"));
    for (Surrogate s : ALL) {
      for (Surrogate.Aim aim : List.of(untargeted(y), targeted(y, others(y)))) {
        double error = GradCheck.error(v -> s.of(v.get(0), aim), 1, rng, z);
        assertTrue(error < 2e-3, s + (aim.isTargeted() ? " targeted: " : ": ") + error);
      }
    }
  }

  @Test
  void climbingLowersTheLabelOrRaisesTheTarget(Rng rng) {
    Tensor z = apart(rng.at("z"));
    int[] y = classes(rng.at("y"));
    int[] t = others(y);
    for (Surrogate s : ALL) {
      Tensor away = gradient(s, z, untargeted(y));
      Tensor towards = gradient(s, z, targeted(y, t));
      for (int r = 0; r < N; r++) {
        // DLR's denominator moves with the label, too, if that is of the first ranks
        boolean free = !(s instanceof Surrogate.Dlr) || rank(z, r, y[r]) > 3;
        assertTrue(!free || away.get(r * K + y[r]) < 0, s + " away from the label");
        boolean toFree = !(s instanceof Surrogate.Dlr) || rank(z, r, t[r]) > 4;
        assertTrue(!toFree || towards.get(r * K + t[r]) > 0, s + " towards the target");
      }
    }
  }

  private static Tensor gradient(Surrogate s, Tensor z, Surrogate.Aim aim) {
    Var leaf = Var.leaf(z);
    return Grad.of(s.of(leaf, aim).sum(), leaf).get(0).value();
  }

  private static int rank(Tensor z, int r, int k) {
    return 1 + (int) Arrays.stream(row(z, r)).filter(v -> v > z.get(r * K + k)).count();
  }

  @Test
  void dlrSaysHowManyClassesItNeeds() {
    Var two = Var.constant(Tensor.zeros(Shape.of(1, 2)));
    Var three = Var.constant(Tensor.zeros(Shape.of(1, 3)));
    String untargeted =
        assertThrows(AttackException.class, () -> Surrogate.dlr().of(two, untargeted(0)))
            .getMessage();
    assertTrue(untargeted.contains("3 classes, the model has 2"), untargeted);
    Surrogate.Aim aim = targeted(new int[] {0}, new int[] {1});
    String targeted =
        assertThrows(AttackException.class, () -> Surrogate.dlr().of(three, aim)).getMessage();
    assertTrue(targeted.contains("4 classes, the model has 3"), targeted);
    assertEquals(0, Surrogate.dlr().of(three, untargeted(0)).value().get(0));
  }
}
