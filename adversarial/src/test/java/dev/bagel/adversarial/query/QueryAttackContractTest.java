package dev.bagel.adversarial.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every attack of this package must keep to; a new one that is not listed here fails. */
@ExtendWith(Seeded.class)
class QueryAttackContractTest {
  private static final int N = 9;
  private static final Shape IMAGES = Shape.of(N, 2, 4, 4);
  private static final Bounds BOUNDS = new Bounds(-2, 3);
  private static final long BUDGET = 300;
  private static final Tensor DATA =
      Tensor.uniform(Shape.of(20, 2, 4, 4), -2, 3, Rng.of(3).at("data"));

  private static DecisionAttack start() {
    return Degrade.blendedNoise().search(LineSearch.linear(10));
  }

  static Stream<Attack> members() {
    Ball linf = Ball.linf(0.8);
    Ball l2 = Ball.l2(3);
    return Stream.of(
        AdditiveNoise.gaussian(3),
        AdditiveNoise.gaussian(6).clippingAware(true).repeats(20),
        AdditiveNoise.uniform(l2),
        AdditiveNoise.uniform(Ball.l2(50)).clippingAware(true),
        AdditiveNoise.uniform(linf).repeats(20),
        Degrade.blendedNoise().queries(BUDGET),
        Degrade.contrast().search(LineSearch.linear(50)).queries(BUDGET),
        Degrade.contrast().search(LineSearch.binary(12)).norm(Norm.LINF).queries(BUDGET),
        Degrade.blur().search(LineSearch.linear(30)).queries(BUDGET),
        Degrade.inversion().norm(Norm.L1).queries(BUDGET),
        Binarization.of(start()).queries(BUDGET),
        BoundaryAttack.l2().start(start()).queries(BUDGET),
        ContrastReduction.in(Ball.l2(7)),
        ContrastReduction.in(linf).target(0),
        DatasetAttack.of(DATA).queries(BUDGET),
        GeoDa.in(Norm.L2).start(start()).iterations(2).queries(BUDGET),
        GeoDa.in(Norm.LINF).start(start()).iterations(2).queries(BUDGET),
        new GivenPoints(DATA),
        HopSkipJump.in(Norm.L2).start(start()).evaluations(20, 100).queries(BUDGET),
        HopSkipJump.in(Norm.LINF).start(start()).evaluations(20, 100).queries(BUDGET),
        Pointwise.in(Norm.L0).start(SaltAndPepper.noise().steps(30)).queries(BUDGET),
        Pointwise.in(Norm.L2).start(start()).queries(BUDGET),
        SaltAndPepper.noise().queries(BUDGET),
        SaltAndPepper.noise().acrossChannels(false).norm(Norm.L0).queries(BUDGET),
        SignOpt.l2().start(start()).directions(20).queries(BUDGET),
        GenAttack.in(linf).queries(BUDGET),
        OnePixel.in(Ball.l0(5)).population(20).queries(BUDGET),
        SimBa.in(l2).queries(BUDGET),
        SimBa.in(linf).basis(new Basis.Dct(0.5)).queries(BUDGET),
        ZerothOrder.l2().coordinates(5).searches(2).rate(0.1).queries(BUDGET),
        ZerothOrder.l2()
            .solver(ZerothOrder.Solver.NEWTON)
            .coordinates(5)
            .searches(2)
            .rate(1)
            .c(1)
            .queries(BUDGET));
  }

  private static Counting model(Rng rng) {
    return Counting.random(3, 32, BOUNDS, rng.at("model"));
  }

  /** Some elements lie on the bounds. */
  private static Tensor inputs(Rng rng) {
    return Tensor.uniform(IMAGES, -2.5f, 3.5f, rng.at("x")).clamp(-2, 3);
  }

  private static List<Goal> goals(Counting f, Tensor x) {
    int[] y = Decision.of(f, x);
    int[] targets = Arrays.stream(y).map(k -> (k + 1) % f.classes).toArray();
    f.asked = 0;
    return List.of(Goal.untargeted(y), Goal.targeted(y, targets));
  }

  @Test
  void everyAttackOfThePackageIsHere() {
    Set<Class<?>> here = members().map(Attack::getClass).collect(Collectors.toSet());
    for (Class<?> family : List.of(DecisionAttack.class, ScoreAttack.class)) {
      for (Class<?> attack : family.getPermittedSubclasses()) {
        assertTrue(here.contains(attack), attack + " is not among the members");
        assertTrue(attack.isRecord(), attack + " is not a value");
      }
    }
    Set<Class<?>> parts =
        members()
            .flatMap(
                a ->
                    a instanceof Degrade d
                        ? Stream.of(d.degradation(), d.search())
                        : a instanceof SimBa s ? Stream.of(s.basis()) : Stream.of())
            .map(Object::getClass)
            .collect(Collectors.toSet());
    for (Class<?> family : List.of(Degradation.class, LineSearch.class, Basis.class)) {
      for (Class<?> part : family.getPermittedSubclasses()) {
        assertTrue(parts.contains(part), part + " is not part of any member");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void neverLeavesBallOrBounds(Attack attack, Rng rng) {
    for (int trial = 0; trial < 3; trial++) {
      Counting f = model(rng.at(trial));
      Tensor x = inputs(rng.at(trial));
      for (Goal goal : goals(f, x)) {
        Found found = attack.run(f, x, goal, new Seeds(rng.at(trial), Ledger.all(N)));
        BOUNDS.check(found.x());
        if (attack instanceof BallAttack b) {
          for (double distance : Ball.distances(b.ball().norm(), found.x(), x)) {
            assertTrue(distance <= b.ball().epsilon() * (1 + 1e-5), attack + ": " + distance);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void successIsWhatTheModelSays(Attack attack, Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    for (Goal goal : goals(f, x)) {
      Found found = attack.run(f, x, goal, Seeds.of(1, N));
      boolean[] reached = goal.reached(f.scores(found.x()));
      assertArrayEquals(reached, found.success());
      assertEquals(x.rows(found.survivors()), found.x().rows(found.survivors()));
    }
  }

  /** Otherwise the other tests would say nothing. */
  @ParameterizedTest
  @MethodSource("members")
  void everyAttackSucceedsSometimes(Attack attack) {
    int successes = 0;
    for (int trial = 0; trial < 3; trial++) {
      Counting f = model(Rng.of(trial));
      Tensor x = inputs(Rng.of(trial));
      Found found = attack.run(f, x, goals(f, x).get(0), Seeds.of(trial, N));
      successes += N - found.survivors().length;
    }
    assertTrue(successes > 0, attack + " never succeeds");
  }

  @ParameterizedTest
  @MethodSource("members")
  void everyQuestionIsCounted(Attack attack, Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    for (Goal goal : goals(f, x)) {
      f.asked = 0;
      Found found = attack.run(f, x, goal, Seeds.of(1, N));
      assertEquals(new Cost(0, f.asked), found.cost());
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void noExampleHasMoreThanItsBudget(Attack attack, Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    long budget =
        attack instanceof DecisionAttack d ? d.queries() : ((ScoreAttack) attack).queries();
    for (Goal goal : goals(f, x)) {
      for (int i = 0; i < N; i++) {
        f.asked = 0;
        attack.run(f, x.rows(i), goal.rows(i), Seeds.of(1, N).rows(i));
        assertTrue(f.asked <= budget, f.asked + " of " + budget);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void whatIsWrongAlreadyStays(Attack attack, Rng rng) {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    int[] wrong = Arrays.stream(Decision.of(f, x)).map(k -> (k + 1) % f.classes).toArray();
    Found found = attack.run(f, x, Goal.untargeted(wrong), Seeds.of(1, N));
    assertEquals(x, found.x());
    assertEquals(0, found.survivors().length);
    assertEquals(new Cost(0, N), found.cost());
  }

  @ParameterizedTest
  @MethodSource("members")
  void aScoreThatIsNotANumberIsAnError(Attack attack, Rng rng) {
    Counting f = model(rng).broken();
    Goal goal = Goal.untargeted(new int[N]);
    Tensor x = inputs(rng);
    assertThrows(AttackException.class, () -> attack.run(f, x, goal, Seeds.of(1, N)));
  }

  @ParameterizedTest
  @MethodSource("members")
  void theNumberOfThreadsChangesNoBit(Attack attack) {
    Counting f = model(Rng.of(5));
    Tensor x = inputs(Rng.of(5));
    Goal goal = goals(f, x).get(0);
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Tensor serial = attack.run(f, x, goal, Seeds.of(1, N)).x();
      Parallel.threads(3);
      assertEquals(serial, attack.run(f, x, goal, Seeds.of(1, N)).x());
    } finally {
      Parallel.threads(before);
    }
  }

  /** The model's own arithmetic does not depend on the batch here, so nothing may. */
  @ParameterizedTest
  @MethodSource("members")
  void theBatchChangesNothing(Attack attack) {
    Counting f = model(Rng.of(5));
    Tensor x = inputs(Rng.of(5));
    for (Goal goal : goals(f, x)) {
      Found whole = attack.run(f, x, goal, Seeds.of(1, N));
      for (int[] rows : List.of(new int[] {4}, new int[] {0, 7, 8})) {
        Found part = attack.run(f, x.rows(rows), goal.rows(rows), Seeds.of(1, N).rows(rows));
        assertClose(whole.x().rows(rows), part.x());
      }
    }
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-5, "element " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void itPrintsAsTheExperimentThatItIs(Attack attack) {
    assertTrue(attack.toString().startsWith(attack.getClass().getSimpleName() + "["));
    assertFalse(attack.toString().contains("@"), attack.toString());
  }

  static Stream<MinimalAttack> thatStartFromAPoint() {
    DecisionAttack given = new GivenPoints(Tensor.zeros(IMAGES));
    return Stream.of(
        Binarization.of(given),
        BoundaryAttack.l2().start(given).queries(BUDGET),
        GeoDa.in(Norm.L2).start(given).iterations(2).queries(BUDGET),
        HopSkipJump.in(Norm.L2).start(given).queries(BUDGET),
        Pointwise.in(Norm.L2).start(given).queries(BUDGET),
        SignOpt.l2().start(given).queries(BUDGET));
  }

  @Test
  void allThatStartFromAPointAreTriedFromOne() {
    Set<Class<?>> tried =
        thatStartFromAPoint().map(MinimalAttack::getClass).collect(Collectors.toSet());
    for (Class<?> attack : DecisionAttack.class.getPermittedSubclasses()) {
      boolean starts =
          Arrays.stream(attack.getRecordComponents()).anyMatch(c -> c.getName().equals("start"));
      assertEquals(starts, tried.contains(attack), attack.toString());
    }
  }

  /** Where the start is the input itself, there is nothing to start from. */
  @ParameterizedTest
  @MethodSource("thatStartFromAPoint")
  void aFailedStartLosesItsOwnExampleOnly(MinimalAttack likeThis, Rng rng) throws Exception {
    Counting f = model(rng);
    Tensor x = inputs(rng);
    int[] y = Decision.of(f, x);
    Tensor starts = x.withRows(good(y), opposite(x).rows(good(y)));
    MinimalAttack attack =
        (MinimalAttack)
            likeThis
                .getClass()
                .getMethod("start", DecisionAttack.class)
                .invoke(likeThis, new GivenPoints(starts));
    boolean[] usable = Goal.untargeted(y).reached(f.scores(starts));
    Found found = attack.run(f, x, Goal.untargeted(y), Seeds.of(1, N));
    assertArrayEquals(usable, found.success());
    double[] before = Ball.distances(attack.norm(), starts, x);
    double[] after = Ball.distances(attack.norm(), found.x(), x);
    for (int i = 0; i < N; i++) {
      assertTrue(after[i] <= before[i] * (1 + 1e-6), attack + ": farther than its start");
    }
  }

  private static int[] good(int... y) {
    return IntStream.range(0, y.length).filter(i -> i % 3 != 1).toArray();
  }

  /** The mirror image of the inputs about the middle of the bounds. */
  private static Tensor opposite(Tensor x) {
    return x.neg().add(1);
  }
}
