package dev.bagel.adversarial.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attacks by scores on linear models, where it is known what can be reached. */
@ExtendWith(Seeded.class)
class ScoreAttackTest {
  private static final int N = 8;
  private static final int D = 32;
  private static final Bounds BOUNDS = new Bounds(-2, 3);

  private static Tensor inputs(Rng rng) {
    return Tensor.uniform(Shape.of(N, 2, 4, 4), 0, 1, rng.at("x"));
  }

  /**
   * In a ball that half of the examples need: those that need a quarter less of it fall, and those
   * that need more do not.
   */
  private static void assertFindsWhatIsThere(
      Norm norm, DoubleFunction<BallAttack> attack, Rng rng) {
    Counting f = Counting.random(2, D, BOUNDS, rng);
    Tensor x = Tensor.uniform(Shape.of(40, 2, 4, 4), 0, 1, rng.at("x"));
    int[] y = Decision.of(f, x);
    double[] needed = new double[40];
    Arrays.setAll(needed, i -> f.distance(x, i, y[i], norm));
    double epsilon = Arrays.stream(needed).sorted().skip(20).findFirst().orElseThrow();
    BallAttack inBall = attack.apply(epsilon);
    Found found = inBall.run(f, x, Goal.untargeted(y), Seeds.of(1, 40));
    for (int i = 0; i < 40; i++) {
      assertTrue(found.success()[i] || needed[i] > epsilon / 1.3, "missed by " + inBall);
      assertTrue(!found.success()[i] || needed[i] <= epsilon * (1 + 1e-5), "impossible");
    }
  }

  @Test
  void simBaFindsWhatIsThere(Rng rng) {
    assertFindsWhatIsThere(Norm.LINF, e -> SimBa.in(Ball.linf(e)).step(e / 5).queries(500), rng);
    for (Basis basis : List.of(Basis.pixels(), new Basis.Dct(1))) { // steps of a tenth of the way
      assertFindsWhatIsThere(
          Norm.L2, e -> SimBa.in(Ball.l2(e)).step(e / 50).basis(basis).queries(2000), rng);
    }
  }

  @Test
  void genAttackFindsWhatIsThere(Rng rng) {
    assertFindsWhatIsThere(Norm.LINF, e -> GenAttack.in(Ball.linf(e)).queries(3000), rng);
  }

  /** The best pixel is known: the one whose weights times reach, over its channels, sum up most. */
  @Test
  void onePixelFindsTheOneThatIsEnough(Rng rng) {
    int found = 0;
    int there = 0;
    for (int trial = 0; trial < 10; trial++) {
      Counting f = Counting.random(2, D, BOUNDS, rng.at(trial));
      Tensor x = inputs(rng.at(trial));
      int[] y = Decision.of(f, x);
      Goal goal = Goal.untargeted(y);
      Found one = OnePixel.in(Ball.l0(2)).population(60).run(f, x, goal, Seeds.of(1, N));
      for (int i = 0; i < N; i++) {
        there += isReachable(f, x.rows(i), goal.rows(i)) ? 1 : 0;
        found += one.success()[i] ? 1 : 0;
        int changed = 0;
        for (int p = 0; p < 16; p++) {
          int at = i * D + p;
          boolean pixel = x.get(at) != one.x().get(at) || x.get(at + 16) != one.x().get(at + 16);
          changed += pixel ? 1 : 0;
        }
        assertTrue(changed <= 1, changed + " pixels");
      }
    }
    assertTrue(found <= there, "what is impossible");
    assertTrue(found >= 0.95 * there, found + " of " + there);
  }

  /** All corners of all pixels: a linear score has its extremes there. */
  private static boolean isReachable(Counting f, Tensor x, Goal goal) {
    for (int p = 0; p < 16; p++) {
      for (int corner = 0; corner < 4; corner++) {
        float[] v = x.toArray();
        v[p] = corner % 2 == 0 ? -2 : 3;
        v[16 + p] = corner / 2 == 0 ? -2 : 3;
        if (goal.reached(f.scores(Tensor.of(x.shape(), v)))[0]) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void aBallSmallerThanAPixelHoldsNothing(Rng rng) {
    Counting f = Counting.random(2, D, BOUNDS, rng);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(Decision.of(f, x));
    Found found = OnePixel.in(Ball.l0(1)).run(f, x, goal, Seeds.of(1, N));
    assertEquals(N, found.survivors().length);
    assertEquals(x, found.x());
  }

  @Test
  void theCosineBasisIsOrthonormal() {
    Basis.Directions waves = new Basis.Dct(1).of(Shape.of(1, 2, 5, 3));
    int d = waves.size();
    assertEquals(30, d);
    float[][] rows = new float[d][d];
    for (int k = 0; k < d; k++) {
      waves.add(k, 1, rows[k]);
    }
    for (int a = 0; a < d; a++) {
      for (int b = 0; b < d; b++) {
        double dot = 0;
        for (int j = 0; j < d; j++) {
          dot += rows[a][j] * rows[b][j];
        }
        assertEquals(a == b ? 1 : 0, dot, 1e-6);
      }
    }
  }

  @Test
  void normsThatAnAttackCannotDoAreRefused() {
    assertThrows(AttackException.class, () -> SimBa.in(Ball.l1(1)));
    assertThrows(AttackException.class, () -> GenAttack.in(Ball.l2(1)));
    assertThrows(AttackException.class, () -> OnePixel.in(Ball.linf(1)));
    assertThrows(AttackException.class, () -> HopSkipJump.in(Norm.L1));
    assertThrows(AttackException.class, () -> GeoDa.in(Norm.L0));
    assertThrows(AttackException.class, () -> Pointwise.in(Norm.LINF));
    assertThrows(IllegalArgumentException.class, () -> HopSkipJump.in(Norm.L2).queries(0));
  }

  // ---- the oracles
  // ------------------------------------------------------------------------------------

  @Test
  void aQuestionThatIsNotPaidForIsNotAsked(Rng rng) {
    Counting f = Counting.random(3, D, BOUNDS, rng);
    Tensor x = inputs(rng);
    int[] wrong = new int[N];
    int[] y = Decision.of(f, x);
    for (int i = 0; i < N; i++) {
      wrong[i] = (y[i] + 1) % 3;
    }
    f.asked = 0;
    Labels labels = Labels.of(f, Goal.untargeted(wrong), 2).rows(5, 6);
    int[] whose = {0, 1, 0, 0, 1};
    boolean[] reached = labels.reached(x.rows(5, 6, 5, 5, 6), whose);
    assertArrayEquals(new boolean[] {true, true, true, false, true}, reached);
    assertEquals(4, f.asked);
    assertEquals(2, labels.asked(0));
    assertEquals(0, labels.left(1));
    assertArrayEquals(new boolean[1], labels.reached(x.rows(5), 0));
    assertEquals(4, f.asked);
  }

  @Test
  void scoresTellWhatTheSurrogateSays(Rng rng) {
    Counting f = Counting.random(3, D, BOUNDS, rng);
    Tensor x = inputs(rng);
    Tensor z = f.scores(x);
    Scores scores = Scores.of(f, Goal.targeted(new int[N], new int[] {1, 1, 1, 1, 2, 2, 2, 2}), 1);
    Scores.Told told = scores.at(Surrogate.margin(), x.rows(0, 7, 0), 0, 7, 0);
    assertEquals(z.get(1) - Math.max(z.get(0), z.get(2)), told.values()[0], 1e-5);
    assertEquals(z.get(23) - Math.max(z.get(21), z.get(22)), told.values()[1], 1e-5);
    assertEquals(Double.NEGATIVE_INFINITY, told.values()[2]);
    assertEquals(told.values()[1] > 0, told.reached()[1]);
  }
}
