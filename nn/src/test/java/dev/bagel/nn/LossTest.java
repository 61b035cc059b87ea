package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LossTest {
  private static final int N = 6;
  private static final int K = 4;
  private static final Tensor Z = Tensor.gaussian(Shape.of(N, K), Rng.of(1)).mul(2);
  private static final Tensor Q = Tensor.gaussian(Shape.of(N, K), Rng.of(2)).mul(2);
  private static final int[] Y = {0, 1, 2, 3, 1, 0};

  private static double logP(Tensor z, int i, int j) {
    double sum = 0;
    for (int c = 0; c < K; c++) {
      sum += Math.exp(z.get(i * K + c));
    }
    return z.get(i * K + j) - Math.log(sum);
  }

  private static Var labels() {
    return Var.constant(Tensor.ofInts(Y));
  }

  private static void check(IntToDoubleFunction formula, Var loss) {
    assertEquals(Shape.of(N), loss.shape());
    for (int i = 0; i < N; i++) {
      assertEquals(formula.applyAsDouble(i), loss.value().get(i), 1e-5);
    }
  }

  @Test
  void crossEntropyIsMinusLogP() {
    check(i -> -logP(Z, i, Y[i]), Loss.crossEntropy(Var.constant(Z), Y));
    check(i -> -logP(Z, i, Y[i]), Loss.crossEntropy(Var.constant(Z), labels(), 0));
  }

  @Test
  void smoothingSpreadsMassOverAllClasses() {
    float s = 0.3f;
    check(
        i ->
            -(1 - s) * logP(Z, i, Y[i])
                - s / K * IntStream.range(0, K).mapToDouble(j -> logP(Z, i, j)).sum(),
        Loss.crossEntropy(Var.constant(Z), labels(), s));
  }

  @Test
  void marginIsTheBestOtherMinusTheTrueOne() {
    check(LossTest::margin, Loss.margin(Var.constant(Z), labels()));
    check(i -> Math.max(0, 1 + margin(i)), Loss.hinge(Var.constant(Z), labels()));
  }

  private static double margin(int i) {
    double best =
        IntStream.range(0, K)
            .filter(j -> j != Y[i])
            .mapToDouble(j -> Z.get(i * K + j))
            .max()
            .orElseThrow();
    return best - Z.get(i * K + Y[i]);
  }

  @Test
  void marginOfATieIsZeroAndItsGradientSumsToZero() {
    Tensor ties = Tensor.of(Shape.of(2, 3), 1, 1, 0, 2, 2, 2);
    Grad.ValueAndGrad g =
        Grad.at(z -> Loss.margin(z, Var.constant(Tensor.ofInts(0, 1))).sum(), ties);
    assertEquals(0, g.value().item());
    assertEquals(-1, g.grad().get(0));
    assertEquals(1, g.grad().get(1));
    assertEquals(-1, g.grad().get(4));
    assertEquals(1, g.grad().get(3) + g.grad().get(5));
  }

  @Test
  void divergenceIsItsSumAndZeroOfEqualScores() {
    check(
        i ->
            IntStream.range(0, K)
                .mapToDouble(j -> Math.exp(logP(Z, i, j)) * (logP(Z, i, j) - logP(Q, i, j)))
                .sum(),
        Loss.kl(Var.constant(Z), Var.constant(Q)));
    check(i -> 0, Loss.kl(Var.constant(Z), Var.constant(Z.add(3))));
  }

  @Test
  void meanSquaredAveragesOverTheElementsOfAnExample() {
    Var x = Var.constant(Tensor.of(Shape.of(2, 1, 2), 1, 2, 3, 4));
    Var t = Var.constant(Tensor.of(Shape.of(2, 1, 2), 1, 0, 0, 0));
    assertArrayEquals(new float[] {2, 12.5f}, Loss.meanSquared(x, t).value().toArray());
  }

  @Test
  void gradientOfCrossEntropyIsProbabilityMinusOneHot() {
    Tensor g = Grad.at(z -> Loss.crossEntropy(z, Y).sum(), Z).grad();
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < K; j++) {
        assertEquals(Math.exp(logP(Z, i, j)) - (j == Y[i] ? 1 : 0), g.get(i * K + j), 1e-6);
      }
    }
  }

  @Test
  void gradientsOfSmoothLossesAreThoseOfFiniteDifferences() {
    Rng rng = Rng.of(3);
    assertEquals(
        0, GradCheck.error(x -> Loss.crossEntropy(x.get(0), labels(), 0.1f), 2, rng, Z), 2e-3);
    assertEquals(0, GradCheck.error(x -> Loss.kl(x.get(0), x.get(1)), 2, rng, Z, Q), 2e-3);
    assertEquals(0, GradCheck.error(x -> Loss.meanSquared(x.get(0), x.get(1)), 2, rng, Z, Q), 2e-3);
  }

  @Test
  void lossesOfSurelyWrongScoresAreFinite() {
    Tensor far = Tensor.of(Shape.of(1, 2), 1e4f, -1e4f);
    assertEquals(2e4, Loss.crossEntropy(Var.constant(far), 1).item(), 1);
    Tensor g = Grad.at(z -> Loss.crossEntropy(z, 1).sum(), far).grad();
    assertArrayEquals(new float[] {1, -1}, g.toArray());
    assertEquals(2e4, Loss.kl(Var.constant(far), Var.constant(far.neg())).item(), 1);
  }

  @Test
  void aWeightedMeanCountsExamplesByTheirWeights() {
    Var losses = Var.constant(Tensor.of(Shape.of(3), 1, 2, 6));
    Var weights = Var.constant(Tensor.of(Shape.of(3), 1, 0, 3));
    assertEquals(19 / 4.0, Loss.weightedMean(losses, weights).item(), 1e-6);
  }

  @Test
  void noSmoothingIsPlainCrossEntropyEvenOfImpossibleClasses() {
    Var z = Var.constant(Tensor.of(Shape.of(1, 2), 0, Float.NEGATIVE_INFINITY));
    Var y = Var.constant(Tensor.ofInts(0));
    assertEquals(0, Loss.crossEntropy(z, y, 0).item(), 1e-9);
  }
}
