package dev.bagel.adversarial.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Seeded.class)
class AutoTest {
  private static final int N = 8;
  private static final int D = 25;
  private static final int TEST = 60;
  private static Model net;
  private static Batch batch;

  @BeforeAll
  static void learn() {
    net = Blobs.learned(Objective.crossEntropy());
    batch = Blobs.test(TEST).all();
  }

  private static double radius(Norm norm) {
    return switch (norm) {
      case LINF -> 0.12;
      case L2 -> 0.75;
      default -> 3;
    };
  }

  static Stream<BallAttack> attacks() {
    return Stream.of(Norm.LINF, Norm.L2, Norm.L1)
        .map(norm -> new Ball(norm, radius(norm)))
        .flatMap(
            ball ->
                Stream.of(
                    Apgd.in(ball).steps(20),
                    Apgd.targeted(ball).steps(20).targets(2),
                    Fab.in(ball.norm()).steps(10).targets(2).within(ball.epsilon()),
                    Fab.untargeted(ball.norm()).steps(5).restarts(2).within(ball.epsilon()),
                    Square.in(ball).queries(100)));
  }

  // ---- closed forms
  // -------------------------------------------------------------------------------

  /** Two classes: z₁ − z₀ = ⟨w, x⟩ + b. */
  private record Plane(Tensor w, float b) {
    static Plane random(Rng rng) {
      return new Plane(Tensor.gaussian(Shape.of(1, D), rng.at("w")), rng.gaussian(0));
    }

    Classifier in(Bounds bounds) {
      Tensor both = Tensor.stack(Tensor.zeros(w.shape()), w);
      Tensor bias = Tensor.of(Shape.of(2), 0, b);
      return Classifier.of(
          x -> x.matmul(Var.constant(both), false, true).add(Var.constant(bias)), bounds);
    }

    double value(Tensor x, int r) {
      double v = b;
      for (int j = 0; j < D; j++) {
        v += (double) w.get(j) * x.get(r * D + j);
      }
      return v;
    }

    double dual(Norm norm) {
      double[] a = IntStream.range(0, D).mapToDouble(j -> Math.abs(w.get(j))).toArray();
      return switch (norm) {
        case LINF -> Arrays.stream(a).sum();
        case L2 -> Math.sqrt(Arrays.stream(a).map(v -> v * v).sum());
        default -> Arrays.stream(a).max().orElseThrow();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void apgdReachesTheWorstPointOfALinearModel(Norm norm, Rng rng) {
    Plane plane = Plane.random(rng);
    Classifier f = plane.in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), 20, 21, rng.at("x")); // no error within reach
    int[] y = f.predict(x);
    double epsilon = 0.3;
    Tensor found =
        Apgd.in(new Ball(norm, epsilon)).run(f, x, Goal.untargeted(y), Seeds.of(1, N)).x();
    double fall = epsilon * plane.dual(norm);
    for (int r = 0; r < N; r++) {
      double fallen = Math.abs(plane.value(x, r)) - Math.abs(plane.value(found, r));
      if (Math.abs(plane.value(x, r)) > fall) {
        assertEquals(fall, fallen, (norm == Norm.LINF ? 1e-4 : 0.01) * fall);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void fabFindsTheDistanceToAHyperplane(Norm norm, Rng rng) {
    Plane plane = Plane.random(rng);
    Classifier f = plane.in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), -1, 1, rng.at("x"));
    Found found = Fab.in(norm).run(f, x, Goal.untargeted(f.predict(x)), Seeds.of(1, N));
    double[] distances = Ball.distances(norm, found.x(), x);
    for (int r = 0; r < N; r++) {
      double exact = Math.abs(plane.value(x, r)) / plane.dual(norm);
      assertTrue(found.success()[r]);
      assertEquals(exact, distances[r], 0.01 * exact + 1e-6);
    }
  }

  /** Against bisection over the multiplier, and over the radius in ℓ∞ and ℓ1. */
  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void theWayToAHyperplaneInTheBoxIsTheShortest(Norm norm, Rng rng) {
    for (int c = 0; c < 50; c++) {
      Rng one = rng.at(c);
      float[] t = Tensor.uniform(Shape.of(D), 0, 1, one.at("t")).toArray();
      float[] w = Tensor.gaussian(Shape.of(D), one.at("w")).toArray();
      double most = 0; // that ⟨w, x⟩ can fall in the box
      for (int j = 0; j < D; j++) {
        most += Math.abs(w[j]) * (w[j] > 0 ? t[j] : 1 - t[j]);
      }
      double excess = one.uniformDouble(0) * most;
      float[] way = new float[D];
      double length = new Hyperplane(norm, Bounds.UNIT, D).way(t, 0, w, 0, excess, way);
      double fallen = 0;
      for (int j = 0; j < D; j++) {
        fallen -= (double) w[j] * way[j];
        assertTrue(t[j] + way[j] >= -1e-6 && t[j] + way[j] <= 1 + 1e-6);
      }
      assertEquals(excess, fallen, 1e-5 * (1 + most));
      assertEquals(shortest(norm, t, w, excess), length, 1e-4 * (1 + length));
    }
  }

  private static double shortest(Norm norm, float[] t, float[] w, double excess) {
    double low = 0;
    double high = 1e4;
    double length = 0;
    for (int i = 0; i < 200; i++) {
      double s = (low + high) / 2;
      double fall = 0;
      double sum = 0;
      double largest = 0;
      for (int j = 0; j < D; j++) {
        double room = w[j] > 0 ? t[j] : 1 - t[j];
        double a = Math.abs(w[j]);
        double step =
            switch (norm) {
              case LINF -> Math.min(s, room);
              case L2 -> Math.min(s * a, room);
              default -> a * s > 1 ? room : 0; // all or nothing, but for one element
            };
        fall += a * step;
        sum += norm == Norm.L2 ? step * step : step;
        largest = Math.max(largest, step);
      }
      low = fall > excess ? low : s;
      high = fall > excess ? s : high;
      length =
          switch (norm) {
            case LINF -> largest;
            case L2 -> Math.sqrt(sum);
            default -> fall <= excess ? sum + (excess - fall) * s : length;
          };
    }
    return length;
  }

  /** Its optimality: one λ for all elements that are neither 0 nor at the edge. */
  @Test
  void theProjectionOnBallAndBoxIsTheNearestPoint(Rng rng) {
    for (int c = 0; c < 50; c++) {
      float[] x0 = Tensor.uniform(Shape.of(D), 0, 1, rng.at(c).at("x0")).toArray();
      float[] u = Tensor.gaussian(Shape.of(D), rng.at(c).at("u")).toArray();
      float[] z = u.clone();
      L1Box.project(z, x0, 0, D, 1.5, Bounds.UNIT);
      double length = 0;
      double lambda = Double.NaN;
      for (int j = 0; j < D; j++) {
        assertTrue(z[j] >= 0 && z[j] <= 1);
        length += Math.abs(z[j] - x0[j]);
        if (z[j] != x0[j] && z[j] > 1e-6 && z[j] < 1 - 1e-6) {
          double one = Math.abs(u[j] - z[j]);
          assertEquals(Double.isNaN(lambda) ? one : lambda, one, 1e-5);
          lambda = one;
        }
      }
      assertEquals(1.5, length, 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "L1"})
  void patternsHaveLengthOne(Norm norm) {
    for (int h = 1; h < 8; h++) {
      for (int w = 1; w < 8; w++) {
        for (boolean across : new boolean[] {false, true}) {
          Patch p = Patch.of(norm, h, w, across);
          double length = 0;
          for (double v : p.values()) {
            length += norm == Norm.L1 ? Math.abs(v) : v * v;
          }
          assertEquals(1, length, 1e-9);
          assertEquals(h * w, p.values().length);
          assertEquals(h, p.h());
        }
      }
    }
  }

  // ---- invariants
  // ---------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("attacks")
  void attacksStayInsideBallAndBoundsAndSayTheTruth(BallAttack attack) {
    Goal goal = Goal.untargeted(batch.labels());
    Evaluation.Outcome o =
        Evaluation.of(net, batch, attack, goal, Seeds.of(3, TEST), Progress.NONE);
    assertTrue(o.successRate() > 0.03, attack + " reaches nothing");
    Found found = attack.run(net, batch.x(), goal, Seeds.of(3, TEST));
    net.bounds().check(found.x());
    boolean[] fresh = goal.reached(net.predict(found.x()));
    assertArrayEquals(fresh, found.success(), attack.toString());
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void targetsAreReached(BallAttack attack) {
    int[] targets = Arrays.stream(batch.labels()).map(y -> (y + 1) % 5).toArray();
    Goal goal = Goal.targeted(batch.labels(), targets);
    Found found = attack.within(3 * attack.ball().epsilon()).run(net, batch.x(), goal, seeds());
    assertTrue(found.rate() > 0.3, attack + ": " + found.rate());
    assertArrayEquals(goal.reached(net.predict(found.x())), found.success());
  }

  private static Seeds seeds() {
    return Seeds.of(3, TEST);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void resultsDoNotDependOnThreadsOrOnTheBatch(BallAttack attack) {
    Goal goal = Goal.untargeted(batch.labels());
    Found found = attack.run(net, batch.x(), goal, seeds());
    int before = Parallel.threads();
    try {
      Parallel.threads(before == 1 ? 2 : 1);
      assertEquals(found.x(), attack.run(net, batch.x(), goal, seeds()).x());
    } finally {
      Parallel.threads(before);
    }
    int[] some = {3, 17, 40, 55, 59};
    Found alone = attack.run(net, batch.x().rows(some), goal.rows(some), seeds().rows(some));
    float[] a = alone.x().sub(found.x().rows(some)).abs().toArray();
    Arrays.sort(a);
    assertTrue(a[a.length * 9 / 10] < 1e-3, attack + " differs in another batch"); // rounding
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void successRisesWithTheRadius(BallAttack attack) {
    Goal goal = Goal.untargeted(batch.labels());
    double last = 0;
    for (double times : new double[] {0, 0.5, 1, 2}) {
      double rate =
          attack.within(times * attack.ball().epsilon()).run(net, batch.x(), goal, seeds()).rate();
      assertTrue(rate >= last - 0.02, attack + " at " + times);
      last = rate;
    }
  }

  @Test
  void whatIsWrongAlreadyBreaksNothing() {
    int[] wrong = Arrays.stream(batch.labels()).map(y -> (y + 1) % 5).toArray();
    for (BallAttack attack : attacks().toList()) {
      Found found = attack.run(net, batch.x(), Goal.untargeted(wrong), seeds());
      assertTrue(found.rate() > 0.95, attack.toString());
    }
  }

  // ---- strength
  // -----------------------------------------------------------------------------------

  private static double robust(Attack attack) {
    return 1 - attack.run(net, batch.x(), Goal.untargeted(batch.labels()), seeds()).rate();
  }

  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void apgdAndFabAndSquareAreAboutAsStrongAsPgd(Norm norm) {
    Ball ball = new Ball(norm, radius(norm));
    double pgd = robust(Pgd.in(ball));
    double apgd = robust(Apgd.in(ball).steps(50));
    double targeted = robust(Apgd.targeted(ball).steps(30).targets(3));
    double fab = robust(Fab.in(norm).steps(30).targets(3).within(ball.epsilon()));
    double square = robust(Square.in(ball).queries(1000).scaled(true));
    System.out.printf(
        "%s: PGD %.2f, APGD %.2f, APGD-T %.2f, FAB-T %.2f, Square %.2f%n",
        ball, pgd, apgd, targeted, fab, square);
    assertTrue(apgd <= pgd && targeted <= pgd);
    assertTrue(fab <= pgd + 0.02);
    assertTrue(square <= pgd + 0.03);
  }

  @Test
  void theEnsembleIsAtLeastAsStrongAsEachMember() {
    AutoAttack auto = AutoAttack.standard(Ball.linf(0.1));
    List<AutoAttack.Member> quick =
        List.of(
            new AutoAttack.Member("apgd-ce", Apgd.in(auto.ball()).steps(10)),
            new AutoAttack.Member("apgd-t", Apgd.targeted(auto.ball()).steps(10).targets(2)),
            new AutoAttack.Member("square", Square.in(auto.ball()).queries(50)));
    double all = robust(new AutoAttack(quick));
    for (AutoAttack.Member m : quick) {
      assertTrue(all <= robust(m.attack()), m.toString());
    }
  }

  @Test
  void fewClassesGetTheMarginInsteadOfDlr(Rng rng) {
    Classifier f = Plane.random(rng).in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), -1, 1, rng.at("x"));
    for (AutoAttack auto :
        List.of(
            AutoAttack.standard(Ball.l2(10)),
            AutoAttack.plus(Ball.l2(10)),
            AutoAttack.rand(Ball.l2(10)))) {
      Found found = auto.run(f, x, Goal.untargeted(f.predict(x)), Seeds.of(1, N));
      assertEquals(1, found.rate());
      assertTrue(auto.fitting(2).toString().contains("Margin"));
      assertEquals(auto, auto.fitting(4));
    }
  }

  @Test
  void gradientsThatAreNoNumbersAreRefused() {
    Classifier f =
        Classifier.of(
            x -> {
              Var nan = x.sub(x).div(x.sub(x)).add(0);
              return x.add(nan);
            },
            Bounds.NONE);
    Tensor x = Tensor.zeros(Shape.of(2, 3));
    assertThrows(
        AttackException.class,
        () -> Apgd.in(Ball.linf(1)).run(f, x, Goal.untargeted(0, 0), Seeds.of(1, 2)));
  }

  @Test
  void ballsOfNoMemberAreRefused() {
    assertThrows(AttackException.class, () -> AutoAttack.standard(Ball.l0(3)));
    assertThrows(AttackException.class, () -> Apgd.in(Ball.l0(3)));
    assertThrows(AttackException.class, () -> Fab.in(Norm.L0));
    assertThrows(AttackException.class, () -> Square.in(Ball.l0(3)));
    assertThrows(IllegalArgumentException.class, () -> Apgd.in(Ball.l2(1)).wide(true));
    assertThrows(IllegalArgumentException.class, () -> new AutoAttack(List.of()));
  }

  @Test
  void anAttackPrintsAsTheExperimentThatItIs() {
    assertEquals(
        "Apgd[ball=linf(0.3), steps=100, surrogate=CrossEntropy[], targets=0, rho=0.75,"
            + " gradient=Exact[], wide=false]",
        Apgd.in(Ball.linf(0.3)).toString());
    assertEquals(Surrogate.dlr(), Apgd.targeted(Ball.l1(12)).surrogate());
  }
}
