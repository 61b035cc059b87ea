package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class SweepTest {
  private static final int N = 150;
  private static final int D = 12;
  private static final double[] RADII = {
    0.3, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.12, 0.15, 0, 0.2, 0.25, 0.35, 0.4
  };

  private static Evaluation evaluation(Rng rng) {
    Tensor w = Linear.random(4, D, rng).w();
    Tensor undecided = w.sumTo(Shape.of(4, 1)).mul(-0.5f).reshape(4); // in the middle of the box
    Classifier f = new Linear(w, undecided).in(Bounds.UNIT);
    Tensor x = Tensor.uniform(Shape.of(N, D), 0, 1, rng.at("x"));
    int[] labels = f.predict(x);
    for (int i = 0; i < N; i += 5) {
      labels[i] = (labels[i] + 1) % 4;
    }
    return Evaluation.of(f, new Batch(x, labels));
  }

  private static final Pgd PGD = Pgd.in(Ball.linf(1)).steps(5).stepSize(new StepSize.Relative(0.4));

  /** Two steps of the input's own gradient: as far as it takes, and half of that. */
  private record Doubling(Norm norm, AtomicInteger runs) implements MinimalAttack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      runs.incrementAndGet();
      Found found = new Found(x, new boolean[seeds.size()], Cost.NONE);
      for (double epsilon = 1; epsilon > 0.005; epsilon *= 0.8) {
        Found nearer = Pgd.fgsm(new Ball(norm, epsilon)).on(f, x, goal, seeds);
        int[] fallen = IntStream.range(0, seeds.size()).filter(i -> nearer.success()[i]).toArray();
        found =
            new Found(
                found.x().withRows(fallen, nearer.x().rows(fallen)),
                or(found.success(), nearer.success()),
                found.cost().plus(nearer.cost()));
      }
      return found;
    }

    private static boolean[] or(boolean[] a, boolean[] b) {
      boolean[] r = a.clone();
      for (int i = 0; i < r.length; i++) {
        r[i] |= b[i];
      }
      return r;
    }
  }

  @Test
  void whatFallsStaysFallenAndWhereItFell(Rng rng) {
    Evaluation e = evaluation(rng);
    for (Attack attack : List.of(PGD, new Doubling(Norm.LINF, new AtomicInteger()))) {
      Sweep sweep = e.against(attack, RADII);
      assertArrayEquals(RADII, sweep.radii());
      double[] sorted = RADII.clone();
      Arrays.sort(sorted);
      for (int k = 1; k < sorted.length; k++) {
        Outcome smaller = sweep.at(sorted[k - 1]);
        Outcome larger = sweep.at(sorted[k]);
        for (int i = 0; i < N; i++) {
          assertTrue(larger.success()[i] || !smaller.success()[i]);
          if (smaller.success()[i]) {
            assertEquals(smaller.distance()[i], larger.distance()[i]);
          }
        }
      }
      double[] smallest = sweep.smallestRadius();
      for (int i = 0; i < N; i += 5) {
        assertEquals(0, smallest[i]);
      }
      assertTrue(sweep.robustAccuracy()[0] < sweep.at(0.01).robustAccuracy());
      assertThrows(IllegalArgumentException.class, () -> sweep.at(0.5));
    }
  }

  @Test
  void aSweepIsAtLeastAsStrongAsEachRadiusAlone(Rng rng) {
    Evaluation e = evaluation(rng);
    Sweep sweep = e.against(PGD, RADII);
    for (Outcome o : sweep.outcomes()) {
      Outcome alone = e.against(PGD.within(o.ball().epsilon()));
      assertEquals(alone.attack(), o.attack());
      for (int i = 0; i < N; i++) {
        assertTrue(o.success()[i] || !alone.success()[i]);
      }
    }
  }

  @Test
  void manyRadiiCostNoMoreThanThatManyTimesOne(Rng rng) {
    Evaluation e = evaluation(rng);
    long one = e.against(PGD.within(0.1)).cost().gradients();
    long all = e.against(PGD, RADII).outcomes().stream().mapToLong(o -> o.cost().gradients()).sum();
    assertTrue(all <= 13 * one, all + " for " + RADII.length + " × " + one); // one of them is 0
  }

  @Test
  void aMinimalAttackRunsOnceAndIsCutPerRadius(Rng rng) {
    Evaluation e = evaluation(rng);
    AtomicInteger runs = new AtomicInteger();
    Doubling attack = new Doubling(Norm.LINF, runs);
    Sweep sweep = e.against(attack, RADII);
    assertEquals(2, runs.get(), "two batches of 120 examples");
    Outcome free = e.against(attack);
    assertEquals(null, free.ball());
    for (Outcome o : sweep.outcomes()) {
      assertEquals(free.raw(), o.raw());
      for (int i = 0; i < N; i++) {
        assertTrue(o.success()[i] || free.distance()[i] > o.ball().epsilon());
        assertTrue(o.distance()[i] <= o.ball().epsilon() * (1 + 1e-5) + 1e-7);
      }
    }
  }

  @Test
  void theNearestOfSeveralIsKept(Rng rng) {
    Evaluation e = evaluation(rng);
    MinimalAttack one = new Doubling(Norm.L2, new AtomicInteger());
    MinimalAttack other = new LatticeTest.Bisection(Norm.L2);
    double[] a = e.against(one).distance();
    double[] b = e.against(other).distance();
    boolean[] found = e.against(one).success();
    boolean[] alsoFound = e.against(other).success();
    Outcome both = e.against(one.then(other));
    for (int i = 0; i < N; i++) {
      assertEquals(found[i] || alsoFound[i], both.success()[i]);
      if (found[i] && alsoFound[i]) {
        assertEquals(Math.min(a[i], b[i]), both.distance()[i], 1e-9);
      }
    }
    assertArrayEquals(a, e.against(one.restarts(3)).distance());
    assertThrows(
        IllegalArgumentException.class, () -> one.then(new LatticeTest.Bisection(Norm.L1)));
  }

  @Test
  void anAttackWithoutRadiusIsRefusedASweep(Rng rng) {
    Evaluation e = evaluation(rng);
    Attack free = new Attack.Restarts(PGD, 1); // its ball is not known
    assertThrows(AttackException.class, () -> e.against(free, 0.1));
    assertEquals(null, e.against(free).ball());
  }

  @Test
  void onePieceOfProgressForAllRadii(Rng rng) {
    List<Long> done = new ArrayList<>();
    evaluation(rng)
        .progress(
            (now, total, what) -> {
              done.add(now);
              assertEquals(3L * N, total);
            })
        .against(PGD, 0.01, 0.02, 0.03);
    assertTrue(done.size() >= 3);
    for (int i = 1; i < done.size(); i++) {
      assertTrue(done.get(i) >= done.get(i - 1), done.toString());
    }
    assertEquals(3L * N, done.get(done.size() - 1));
  }

  // ---- limits
  // -------------------------------------------------------------------------------------

  @Test
  void whatWasFoundBeforeTheEndIsKept(Rng rng) {
    Evaluation e = evaluation(rng);
    Outcome whole = e.against(PGD);
    Outcome none = e.limit(after(0)).against(PGD);
    Outcome part = e.limit(after(4)).against(PGD); // of some hundred, in the first batch
    assertEquals(Limit.Ending.COMPLETE, whole.ending());
    assertEquals(Limit.Ending.CANCELLED, none.ending());
    assertEquals(Limit.Ending.CANCELLED, part.ending());
    assertEquals(e.batch().x(), none.x());
    assertTrue(part.successRate() > none.successRate(), part.successRate() + " is all");
    assertTrue(part.successRate() < whole.successRate(), part.successRate() + " is all");
    for (int i = 0; i < N; i++) {
      assertTrue(whole.attacked()[i]);
      assertEquals(part.success()[i], part.attacked()[i]);
    }
  }

  /** Cancels after so many looks at it. */
  private static Limit after(int looks) {
    AtomicInteger looked = new AtomicInteger();
    return Limit.until(() -> looked.incrementAndGet() > looks);
  }

  @Test
  void aCascadeKeepsWhatItsFirstMemberFound(Rng rng) {
    Evaluation e = evaluation(rng);
    boolean[] over = new boolean[1];
    BallAttack ends = new Dawdling(PGD.ball(), over);
    double radius = someStand(e);
    Outcome first = e.against(PGD.within(radius));
    Outcome o = e.limit(Limit.until(() -> over[0])).against(PGD.then(ends).within(radius));
    assertEquals(Limit.Ending.CANCELLED, o.ending());
    for (int i = 0; i < N; i++) {
      assertEquals(first.success()[i] && o.attacked()[i], o.success()[i]);
    }
  }

  /** A radius at which some of the examples that are attacked stand, and others do not. */
  private static double someStand(Evaluation e) {
    return Arrays.stream(RADII)
        .filter(r -> Math.abs(e.against(PGD.within(r)).successRate() - 0.6) < 0.25)
        .findFirst()
        .orElseThrow();
  }

  /** Uses up all the time there is, and finds nothing. */
  private record Dawdling(Ball ball, boolean[] over) implements BallAttack {
    @Override
    public BallAttack within(double epsilon) {
      return new Dawdling(ball.withEpsilon(epsilon), over);
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      assertFalse(Limit.isOver(f));
      over[0] = true;
      return new Found(x, new boolean[seeds.size()], Cost.NONE);
    }
  }

  @Test
  void timeAndInterruptionEndAnEvaluationToo(Rng rng) {
    Evaluation e = evaluation(rng);
    Sweep late = e.limit(Limit.of(Duration.ZERO)).against(PGD, 0.1, 0.2);
    assertEquals(Limit.Ending.OUT_OF_TIME, late.ending());
    assertEquals(0.8, late.robustAccuracy()[0], 1e-9);
    Thread.currentThread().interrupt();
    Outcome o = e.against(PGD.within(0.1));
    assertTrue(Thread.interrupted(), "the interruption stays");
    assertEquals(Limit.Ending.CANCELLED, o.ending());
    assertEquals(Limit.Ending.COMPLETE, e.against(PGD.within(0.1)).ending());
    assertThrows(IllegalArgumentException.class, () -> Limit.of(Duration.ofSeconds(-1)));
  }
}
