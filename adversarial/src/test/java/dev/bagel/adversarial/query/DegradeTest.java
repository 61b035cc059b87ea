package dev.bagel.adversarial.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Plans;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The simple baselines, against what can be computed without them. */
@ExtendWith(Seeded.class)
class DegradeTest {
  private static final int N = 12;
  private static final Bounds BOUNDS = new Bounds(-2, 3);
  private static final Shape IMAGE = Shape.of(2, 5, 4);
  private static final int D = 40;

  private static Counting model(Rng rng) {
    return Counting.random(4, D, BOUNDS, rng.at("model"));
  }

  private static Tensor inputs(Rng rng) {
    return Tensor.uniform(Shape.of(N).concat(IMAGE), -2, 3, rng.at("x"));
  }

  private static float[] row(Rng rng) {
    return Tensor.uniform(IMAGE, -2, 3, rng).toArray();
  }

  /** On a straight line the first step behind the boundary is the next one, for both searches. */
  @Test
  void linearAndBinarySearchEndJustBehindTheBoundary(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Degrade linear = Degrade.contrast().search(LineSearch.linear(256));
    Found slow = linear.run(f, x, goal, Seeds.of(1, N));
    Found quick = linear.search(LineSearch.binary(8)).run(f, x, goal, Seeds.of(1, N));
    assertTrue(quick.cost().forwards() < slow.cost().forwards());
    for (int i = 0; i < N; i++) {
      assertTrue(slow.success()[i] || !quick.success()[i]);
      if (quick.success()[i]) { // the way out and back may cross two boundaries
        assertTrue(distance(slow, x, i) <= distance(quick, x, i) * (1 + 1e-5));
      }
    }
  }

  private static double distance(Found found, Tensor x, int i) {
    return Ball.distances(Norm.L2, found.x().rows(i), x.rows(i))[0];
  }

  @Test
  void contrastEndsAtGreyAndInversionAtTheNegative(Rng rng) {
    float[] x = row(rng);
    float[] grey = new Degradation.Contrast(0.2).at(1, x, IMAGE, BOUNDS, rng);
    float[] negative = Degradation.inversion().at(1, x, IMAGE, BOUNDS, rng);
    for (int j = 0; j < D; j++) {
      assertEquals(-1, grey[j], 1e-6);
      assertEquals(1 - x[j], negative[j], 1e-6);
    }
  }

  /** A direct sum over the mirrored image, one axis after the other. */
  @Test
  void blurIsTheGaussianOfTheMirroredImage(Rng rng) {
    float[] x = row(rng);
    double sigma = 1.7;
    float[] p = new Degradation.Blur(sigma).at(1, x, IMAGE, BOUNDS, rng);
    for (int c = 0; c < 2; c++) {
      for (int r = 0; r < 5; r++) {
        for (int q = 0; q < 4; q++) {
          double sum = 0;
          double weights = 0;
          for (int dr = -7; dr <= 7; dr++) {
            for (int dq = -7; dq <= 7; dq++) {
              double weight = Math.exp(-(dr * dr + dq * dq) / (2 * sigma * sigma));
              weights += weight;
              sum += weight * x[c * 20 + mirrored(r + dr, 5) * 4 + mirrored(q + dq, 4)];
            }
          }
          assertEquals(sum / weights, p[c * 20 + r * 4 + q], 1e-5);
        }
      }
    }
  }

  private static int mirrored(int at, int n) {
    int k = at;
    while (k < 0 || k >= n) {
      k = k < 0 ? -1 - k : 2 * n - 1 - k;
    }
    return k;
  }

  @Test
  void aBlurNeedsAnImage(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng).reshape(N, D);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    AttackException e =
        assertThrows(AttackException.class, () -> Degrade.blur().run(f, x, goal, Seeds.of(1, N)));
    assertTrue(e.getMessage().contains("[40]"), e.getMessage());
  }

  @Test
  void whatNeedsARangeSaysSo(Rng rng) {
    Counting f = Counting.random(3, D, Bounds.NONE, rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    AttackException e =
        assertThrows(
            AttackException.class, () -> HopSkipJump.in(Norm.L2).run(f, x, goal, Seeds.of(1, N)));
    assertTrue(e.getMessage().contains("start from given points"), e.getMessage());
  }

  @Test
  void givenPointsServeWhereThereIsNoRange(Rng rng) {
    Counting f = Counting.random(2, D, Bounds.NONE, rng);
    Tensor x = inputs(rng);
    int[] y = Decision.of(f, x);
    Tensor starts = x.neg().mul(50);
    boolean[] usable = Goal.untargeted(y).reached(f.scores(starts));
    HopSkipJump attack = HopSkipJump.in(Norm.L2).start(new GivenPoints(starts)).queries(20_000);
    Found found = attack.run(f, x, Goal.untargeted(y), Seeds.of(1, N));
    assertArrayEquals(usable, found.success());
    for (int i = 0; i < N; i++) {
      double least = f.distance(x, i, y[i], Norm.L2);
      assertTrue(!usable[i] || distance(found, x, i) < 1.05 * least);
    }
  }

  // ---- noise
  // ------------------------------------------------------------------------------------------

  /** Inputs in the middle: nothing is clipped. */
  @Test
  void noiseIsAsLongAsTheBall(Rng rng) {
    Counting f = model(rng);
    Tensor x = Tensor.full(Shape.of(1).concat(IMAGE), 0.5f);
    int other = -1; // any class will do
    for (AdditiveNoise noise :
        new AdditiveNoise[] {
          AdditiveNoise.gaussian(1.5),
          AdditiveNoise.gaussian(1.5).clippingAware(true),
          AdditiveNoise.uniform(Ball.l2(1.5))
        }) {
      Labels anything = Labels.of(f, Goal.untargeted(other), 2);
      Tensor noisy = noise.search(anything, x, new Seeds(rng, Ledger.all(1))).x();
      assertEquals(1.5, Ball.distances(Norm.L2, noisy, x)[0], 1e-5);
    }
  }

  @Test
  void clippingAwareNoiseIsAsLongAsTheBallAfterClipping(Rng rng) {
    Counting f = model(rng);
    int other = -1; // any class will do
    for (double epsilon : new double[] {0.5, 3, 8, 14}) {
      Tensor x = inputs(rng);
      int[] labels = new int[N];
      Arrays.fill(labels, other);
      Labels anything = Labels.of(f, Goal.untargeted(labels), 2);
      AdditiveNoise noise = AdditiveNoise.gaussian(epsilon).clippingAware(true);
      Tensor noisy = noise.search(anything, x, new Seeds(rng, Ledger.all(N))).x();
      double[] distance = Ball.distances(Norm.L2, noisy, x);
      for (int i = 0; i < N; i++) {
        boolean stuck = allAtBounds(noisy.rows(i));
        assertTrue(stuck || Math.abs(distance[i] - epsilon) < 1e-4 * epsilon, "" + distance[i]);
        assertTrue(distance[i] <= epsilon * (1 + 1e-5));
      }
    }
  }

  private static boolean allAtBounds(Tensor x) {
    return IntStream.range(0, x.size()).allMatch(j -> x.get(j) == -2 || x.get(j) == 3);
  }

  @Test
  void noiseThatMakesNoSenseIsRefused() {
    assertThrows(AttackException.class, () -> AdditiveNoise.uniform(Ball.l1(1)));
    assertThrows(
        AttackException.class, () -> AdditiveNoise.uniform(Ball.linf(1)).clippingAware(true));
    assertThrows(AttackException.class, () -> ContrastReduction.in(Ball.l0(1)));
  }

  @Test
  void repeatedNoiseFindsWhatOneNoiseFindsAndMore(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    AdditiveNoise once = AdditiveNoise.uniform(Ball.linf(1.5));
    Found one = once.run(f, x, goal, Seeds.of(1, N));
    Found many = once.repeats(100).run(f, x, goal, Seeds.of(1, N));
    for (int i = 0; i < N; i++) {
      assertTrue(many.success()[i] || !one.success()[i]);
    }
    assertTrue(many.rate() >= one.rate());
  }

  @Test
  void saltAndPepperIsBlackAndWhiteAcrossChannels(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Found found = SaltAndPepper.noise().steps(200).run(f, x, goal, Seeds.of(1, N));
    assertTrue(found.rate() > 0.9);
    for (int k = 0; k < x.size(); k++) {
      int i = k / D;
      int pixel = k % 20;
      boolean changed = found.x().get(k) != x.get(k);
      assertTrue(!changed || found.x().get(k) == -2 || found.x().get(k) == 3);
      float twin = found.x().get(i * D + (k % D < 20 ? 20 : 0) + pixel);
      assertTrue(!changed || twin == found.x().get(k), "a pixel changes in all channels");
    }
  }

  // ---- refinement and data sets
  // -----------------------------------------------------------------------

  @Test
  void theDatasetAttackFindsTheNearestOfAll(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Tensor data = Tensor.uniform(Shape.of(30).concat(IMAGE), -2, 3, rng.at("data"));
    Goal goal = Goal.untargeted(Decision.of(f, x));
    int[] classes = Decision.of(f, data);
    for (Norm norm : Norm.values()) {
      Found found = DatasetAttack.of(data).norm(norm).run(f, x, goal, Seeds.of(1, N));
      for (int i = 0; i < N; i++) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < 30; k++) {
          if (goal.rows(i).reached(classes[k])[0]) {
            nearest = Math.min(nearest, Ball.distances(norm, data.rows(k), x.rows(i))[0]);
          }
        }
        assertEquals(nearest, Ball.distances(norm, found.x().rows(i), x.rows(i))[0], 1e-6);
      }
    }
  }

  @Test
  void noDataIsNoHelpAndOtherDataARefusal(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Tensor none = Tensor.zeros(Shape.of(0).concat(IMAGE));
    Found found = DatasetAttack.of(none).run(f, x, goal, Seeds.of(1, N));
    assertEquals(0, found.rate());
    assertEquals(x, found.x());
    assertEquals(new Cost(0, N), found.cost());
    Tensor other = Tensor.zeros(Shape.of(5, 3));
    assertThrows(
        ShapeException.class, () -> DatasetAttack.of(other).run(f, x, goal, Seeds.of(1, N)));
  }

  /** A model that sees only on which side of the middle an element is. */
  @Test
  void binarizationGoesToTheThresholdAndNotFarther(Rng rng) {
    Counting inner = model(rng);
    Tensor x = inputs(rng);
    Binarized f = new Binarized(inner, 0.5f);
    int[] y = Decision.of(f.scores(x));
    Tensor starts = Tensor.uniform(x.shape(), -2, 3, rng.at("starts"));
    boolean[] usable = Goal.untargeted(y).reached(f.scores(starts));
    Binarization attack = Binarization.of(new GivenPoints(starts));
    Found found = attack.run(f, x, Goal.untargeted(y), Seeds.of(1, N));
    assertArrayEquals(usable, found.success());
    for (int k = 0; k < x.size(); k++) {
      if (usable[k / D]) {
        boolean same = x.get(k) >= 0.5f == starts.get(k) >= 0.5f;
        assertEquals(same ? x.get(k) : 0.5f, found.x().get(k), 1e-6);
      }
    }
  }

  private record Binarized(Counting inner, float threshold) implements Classifier {
    @Override
    public Tensor scores(Tensor x) {
      float[] bits = x.toArray();
      for (int k = 0; k < bits.length; k++) {
        bits[k] = bits[k] >= threshold ? 3 : -2;
      }
      return inner.scores(Tensor.wrap(x.shape(), bits));
    }

    @Override
    public Var logits(Var x) {
      return inner.logits(x);
    }

    @Override
    public Bounds bounds() {
      return BOUNDS;
    }

    @Override
    public Plans plans() {
      return inner.plans();
    }
  }

  /** No single element of an ℓ0 find can be put back. */
  @Test
  void pointwiseLeavesNothingThatCouldBePutBack(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Found found = Pointwise.in(Norm.L0).run(f, x, goal, Seeds.of(1, N));
    assertEquals(0, found.survivors().length);
    for (int k = 0; k < x.size(); k++) {
      if (found.x().get(k) != x.get(k)) {
        float[] back = found.x().toArray();
        back[k] = x.get(k);
        boolean[] reached = goal.reached(f.scores(Tensor.of(x.shape(), back)));
        assertFalse(reached[k / D], "element " + k);
      }
    }
  }

  /** With halving, each element that is left is as near as its own line allows, to 1 in 100. */
  @Test
  void pointwiseInL2IsNearerThanItsStart(Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Found l0 = Pointwise.in(Norm.L0).run(f, x, goal, Seeds.of(1, N));
    Found l2 = Pointwise.in(Norm.L2).run(f, x, goal, Seeds.of(1, N));
    double[] far = Ball.distances(Norm.L2, l0.x(), x);
    double[] near = Ball.distances(Norm.L2, l2.x(), x);
    for (int i = 0; i < N; i++) {
      assertTrue(near[i] <= far[i] * (1 + 1e-6));
    }
  }
}
