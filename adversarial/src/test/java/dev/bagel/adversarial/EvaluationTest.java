package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.gradient.Augmentation;
import dev.bagel.adversarial.gradient.Eot;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class EvaluationTest {
  private static final int N = 90;
  private static final int D = 12;
  private static final int K = 4;

  /** A linear model, and inputs of which every third has a wrong label. */
  private record Case(Classifier f, Batch batch) {
    static Case random(Rng rng) {
      Classifier f = Linear.random(K, D, rng).in(Bounds.UNIT);
      Tensor x = Tensor.uniform(Shape.of(N, D), 0, 1, rng.at("x"));
      int[] labels = f.predict(x);
      for (int i = 0; i < N; i += 3) {
        labels[i] = (labels[i] + 1) % K;
      }
      return new Case(f, new Batch(x, labels));
    }

    Goal untargeted() {
      return Goal.untargeted(batch.labels());
    }

    Evaluation.Outcome outcome(BallAttack attack, Goal goal) {
      return Evaluation.of(f, batch, attack, goal, Seeds.of(1, batch.size()), Progress.NONE);
    }

    Evaluation.Outcome outcome(BallAttack attack) {
      return outcome(attack, untargeted());
    }
  }

  /** An attack that does what a test says, and says that it succeeded. */
  private record Liar(Ball ball, UnaryOperator<Tensor> move) implements BallAttack {
    @Override
    public BallAttack within(double epsilon) {
      return new Liar(ball.withEpsilon(epsilon), move);
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      boolean[] success = new boolean[seeds.size()];
      Arrays.fill(success, true);
      return new Found(move.apply(x), success, Cost.NONE);
    }
  }

  @Test
  void whatIsWrongAlreadyIsFooledAtDistanceZeroAndNotAttacked(Rng rng) {
    Case c = Case.random(rng);
    Evaluation.Outcome o = c.outcome(Pgd.in(Ball.linf(0.1)));
    for (int i = 0; i < N; i += 3) {
      assertTrue(o.success()[i]);
      assertEquals(0, o.distance()[i]);
      assertEquals(c.batch.x().slice(i, i + 1), o.x().slice(i, i + 1));
    }
    assertEquals(2 * N / 3 * 40, o.cost().gradients());
    assertEquals(2 * N / 3, o.cost().forwards());
  }

  @Test
  void sharesAreCountedByTheirDefinitions(Rng rng) {
    Case c = Case.random(rng);
    Evaluation.Outcome o = c.outcome(Pgd.in(Ball.linf(1)));
    int[] y = c.batch.labels();
    assertArrayEquals(c.f.predict(c.batch.x()), o.clean());
    assertArrayEquals(c.f.predict(o.x()), o.predicted());
    long robust =
        IntStream.range(0, N).filter(i -> o.clean()[i] == y[i] && o.predicted()[i] == y[i]).count();
    assertEquals(2 / 3.0, o.cleanAccuracy(), 1e-12);
    assertEquals((double) robust / N, o.robustAccuracy(), 1e-12);
    assertEquals(1 - (double) robust / N, o.successRate(), 1e-12);
    assertTrue(robust < 2 * N / 3);
  }

  @Test
  void aTargetThatIsPredictedAlreadyNeedsNoAttack(Rng rng) {
    Case c = Case.random(rng);
    int[] clean = c.f.predict(c.batch.x());
    int[] targets = clean.clone();
    targets[5] = (clean[5] + 2) % K;
    Evaluation.Outcome o =
        c.outcome(Pgd.in(Ball.linf(1)), Goal.targeted(c.batch.labels(), targets));
    assertEquals(40, o.cost().gradients());
    assertTrue(o.success()[4] && o.success()[6]);
    assertEquals(o.predicted()[5] == targets[5], o.success()[5]);
  }

  @Test
  void successIsNotBelieved(Rng rng) {
    Case c = Case.random(rng);
    Evaluation.Outcome o = c.outcome(new Liar(Ball.linf(0.1), x -> x));
    assertEquals(1 / 3.0, o.successRate(), 1e-12);
    assertEquals(2 / 3.0, o.robustAccuracy(), 1e-12);
  }

  @Test
  void leavingTheBallIsFoundOut(Rng rng) {
    Case c = Case.random(rng);
    for (Norm norm : Norm.values()) {
      Ball ball = new Ball(norm, norm == Norm.L0 ? 3 : 0.01);
      String said =
          assertThrows(AttackException.class, () -> c.outcome(new Liar(ball, x -> x.mul(0.9f))))
              .getMessage();
      assertTrue(said.contains("outside its ball"), said);
    }
  }

  @Test
  void leavingTheBoxIsClipped(Rng rng) {
    Case c = Case.random(rng);
    Evaluation.Outcome o = c.outcome(new Liar(Ball.linf(2), x -> x.add(1.5f)));
    Bounds.UNIT.check(o.x());
  }

  @Test
  void whatIsNotANumberIsFoundOut(Rng rng) {
    Case c = Case.random(rng);
    BallAttack nan = new Liar(Ball.linf(1), x -> x.mul(Float.NaN));
    assertThrows(AttackException.class, () -> c.outcome(nan));
  }

  @Test
  void costsAddUp(Rng rng) {
    Case c = Case.random(rng);
    long n = 2 * N / 3;
    Pgd pgd = Pgd.in(Ball.linf(1e-7)).steps(7); // too near for any success
    assertEquals(new Cost(7 * n, n), c.outcome(pgd).cost());
    assertEquals(new Cost(7 * n, n), c.outcome(pgd.untilSuccess(true)).cost());
    assertEquals(new Cost(21 * n, 3 * n), c.outcome(pgd.restarts(3)).cost());
    assertEquals(new Cost(9 * n, 2 * n), c.outcome(pgd.then(pgd.steps(2))).cost());
    Pgd smoothed = pgd.gradient(Eot.of(Augmentation.noise(0.1), 5));
    assertEquals(new Cost(35 * n, n), c.outcome(smoothed).cost());
    Pgd spsa = pgd.gradient(new GradientSource.Spsa(5, 0.1));
    assertEquals(new Cost(0, 70 * n + n), c.outcome(spsa).cost());
    assertEquals(new Cost(0, 77 * n + n), c.outcome(spsa.untilSuccess(true)).cost());
    assertEquals(new Cost(0, n), c.outcome(Pgd.noise(Ball.linf(0.001))).cost());
  }

  @Test
  void theMoreRoomTheMoreFall(Rng rng) {
    Case c = Case.random(rng);
    double last = -1;
    for (double epsilon : new double[] {0, 0.02, 0.05, 0.1, 0.2, 0.4}) {
      Evaluation.Outcome o =
          c.outcome(Pgd.in(Ball.linf(epsilon)).stepSize(new StepSize.Relative(0.1)));
      assertTrue(o.successRate() >= last, "at " + epsilon);
      assertTrue(Arrays.stream(o.distance()).max().orElse(0) <= epsilon * (1 + 1e-5) + 1e-6);
      last = o.successRate();
    }
  }

  /** Each of 40,000 elements is rounded when a random start is added to it. */
  @Test
  void roundingIsNotTakenForLeavingTheBall(Rng rng) {
    int d = 40_000;
    Classifier f = Linear.random(2, d, rng).in(Bounds.UNIT);
    Tensor x = Tensor.uniform(Shape.of(2, d), 0.3f, 0.7f, rng.at("x"));
    for (Norm norm : Norm.values()) {
      Pgd noise = Pgd.noise(new Ball(norm, norm == Norm.L0 ? 10 : 0.1));
      Evaluation.Outcome o =
          Evaluation.of(
              f,
              new Batch(x, f.predict(x)),
              noise,
              Goal.untargeted(f.predict(x)),
              Seeds.of(0, 2),
              Progress.NONE);
      assertEquals(2, o.predicted().length);
    }
  }

  @Test
  void nothingToEvaluateIsFine(Rng rng) {
    Case c = Case.random(rng);
    Case none = new Case(c.f, new Batch(Tensor.zeros(Shape.of(0, D)), new int[0]));
    Evaluation.Outcome o = none.outcome(Pgd.in(Ball.l2(1)));
    assertEquals(0, o.robustAccuracy());
    assertEquals(Cost.NONE, o.cost());
  }

  @Test
  void numbersThatDoNotFitAreRefused(Rng rng) {
    Case c = Case.random(rng);
    Pgd pgd = Pgd.in(Ball.linf(0.1));
    assertThrows(
        IllegalArgumentException.class, () -> c.outcome(pgd, Goal.untargeted(new int[N + 1])));
    assertThrows(
        IllegalArgumentException.class,
        () -> Evaluation.of(c.f, c.batch, pgd, c.untargeted(), Seeds.of(0, N - 1), Progress.NONE));
    assertFalse(c.outcome(pgd).attack().isEmpty());
  }
}
