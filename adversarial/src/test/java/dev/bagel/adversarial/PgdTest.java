package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.gradient.Augmentation;
import dev.bagel.adversarial.gradient.Eot;
import dev.bagel.adversarial.gradient.Scaled;
import dev.bagel.adversarial.gradient.VarianceTuned;
import dev.bagel.adversarial.gradient.VirtualAdversarial;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Plans;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Seeded.class)
class PgdTest {
  private static final int D = 20;
  private static final int K = 5;
  private static final Rng FIXED = Rng.of(20);

  private static Model net(Rng rng) {
    Layer net = Layer.sequential(Layer.dense(D, 16), Layer.relu(), Layer.dense(16, K));
    return Model.init(net, Shape.of(D), rng);
  }

  private static Tensor inputs(int n, Rng rng) {
    return Tensor.uniform(Shape.of(n, D), 0, 1, rng.at("x"));
  }

  /** An attack on inputs that are labelled as the model sees them. */
  private static Found run(Attack attack, Classifier f, Tensor x) {
    int[] y = f.predict(x);
    return attack.run(f, x, Goal.untargeted(y), Seeds.of(3, y.length));
  }

  private static int successes(Found found) {
    return found.success().length - found.survivors().length;
  }

  /** A radius at which some examples fall and others do not. */
  private static Ball ball(Norm norm) {
    return new Ball(
        norm,
        switch (norm) {
          case LINF -> 0.06;
          case L2 -> 0.25;
          case L1 -> 0.6;
          case L0 -> 1;
        });
  }

  @ParameterizedTest
  @EnumSource
  void fgsmIsPgdWithOneStep(Norm norm) {
    Model f = net(FIXED);
    Tensor x = inputs(30, FIXED);
    Ball ball = ball(norm);
    Pgd one = Pgd.in(ball).start(Start.INPUT).steps(1).stepSize(ball.epsilon());
    assertEquals(run(one, f, x).x(), run(Pgd.fgsm(ball), f, x).x());
  }

  static Stream<BallAttack> kinds() {
    Pgd linf = Pgd.in(ball(Norm.LINF)).steps(8);
    return Stream.of(
        VirtualAdversarial.of(0.3),
        linf,
        Pgd.in(ball(Norm.L2)).steps(8),
        Pgd.in(ball(Norm.L1)).steps(8),
        Pgd.in(ball(Norm.L0)).steps(8),
        linf.untilSuccess(true),
        linf.rule(StepRule.momentum(0.9)),
        linf.rule(StepRule.by(Optimizer.adam(1))),
        linf.surrogate(Surrogate.dlr()),
        linf.gradient(Eot.of(Augmentation.noise(0.05), 3)),
        linf.rule(StepRule.nesterov(1)),
        linf.surrogate(Surrogate.kl()),
        linf.start(Start.foundBy(Pgd.noise(ball(Norm.LINF)))),
        linf.gradient(new Scaled(GradientSource.exact(), 3)).untilSuccess(true),
        linf.gradient(new Eot(GradientSource.exact(), Augmentation.noise(0.05), 2)),
        linf.gradient(new VarianceTuned(GradientSource.exact(), 3, 1.5)).untilSuccess(true),
        linf.gradient(new GradientSource.Nes(8, 0.01)),
        linf.gradient(new GradientSource.Spsa(8, 0.01)).untilSuccess(true));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theNumberOfThreadsChangesNoBit(BallAttack attack) {
    Model f = net(FIXED);
    Tensor x = inputs(70, FIXED);
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Tensor serial = run(attack, f, x).x();
      for (int threads : new int[] {2, 3, 7}) {
        Parallel.threads(threads);
        assertEquals(serial, run(attack, f, x).x(), threads + " threads");
      }
    } finally {
      Parallel.threads(before);
    }
  }

  /** Kernels may add in another order for another number of rows: that is rounding. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theBatchChangesNothingButRounding(BallAttack attack) {
    Model f = net(FIXED);
    Tensor x = inputs(64, FIXED);
    Goal goal = Goal.untargeted(f.predict(x));
    Seeds seeds = Seeds.of(3, 64);
    Found whole = attack.run(f, x, goal, seeds);
    for (int size : new int[] {1, 7}) {
      for (int from = 0; from < 64; from += size) {
        int[] rows = IntStream.range(from, Math.min(64, from + size)).toArray();
        Found part = attack.run(f, x.rows(rows), goal.rows(rows), seeds.rows(rows));
        assertClose(whole.x().rows(rows), part.x());
        for (int r = 0; r < rows.length; r++) {
          assertEquals(whole.success()[rows[r]], part.success()[r]);
        }
      }
    }
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-4);
    }
  }

  @Test
  void neighboursInTheBatchDoNotMatter(Rng rng) {
    Model f = net(rng);
    Pgd attack = Pgd.in(ball(Norm.L2)).untilSuccess(true);
    Tensor x = inputs(40, rng);
    Goal goal = Goal.untargeted(f.predict(x));
    Tensor other = inputs(40, rng.at("others"));
    int[] some = {3, 17, 39};
    Tensor mixed = other.withRows(some, x.rows(some));
    int[] labels = f.predict(mixed);
    Seeds seeds = new Seeds(rng, IntStream.range(0, 40).toArray());
    Tensor one = attack.run(f, x, goal, seeds).x();
    Tensor two = attack.run(f, mixed, Goal.untargeted(labels), seeds).x();
    assertClose(one.rows(some), two.rows(some));
  }

  @ParameterizedTest
  @EnumSource
  void stoppingAtSuccessLosesNone(Norm norm) {
    Model f = net(FIXED);
    Tensor x = inputs(150, FIXED);
    int[] y = f.predict(x);
    Pgd plain = Pgd.in(ball(norm)).steps(12);
    Found all = run(plain, f, x);
    Found early = run(plain.untilSuccess(true), f, x);
    assertTrue(successes(all) > 0 && successes(all) < 150, norm + ": " + successes(all));
    assertTrue(early.cost().gradients() < all.cost().gradients());
    int[] predicted = f.predict(early.x());
    for (int i = 0; i < 150; i++) {
      assertTrue(early.success()[i] || !all.success()[i], "example " + i);
      assertEquals(early.success()[i], predicted[i] != y[i]);
    }
  }

  @Test
  void moreRestartsFindMore(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(100, rng);
    BallAttack weak = Pgd.in(ball(Norm.LINF)).steps(2);
    Found last = run(weak, f, x);
    for (int n = 2; n <= 4; n++) {
      Found next = run(weak.restarts(n), f, x);
      for (int i = 0; i < 100; i++) {
        assertTrue(next.success()[i] || !last.success()[i]);
      }
      last = next;
    }
  }

  @Test
  void cascadeIsAtLeastAsStrongAsEachMember(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(100, rng);
    Pgd first = Pgd.in(ball(Norm.LINF)).steps(2);
    Pgd next = first.surrogate(Surrogate.margin()).steps(3);
    BallAttack both = first.then(next);
    assertEquals(first.ball(), both.ball());
    boolean[] one = run(first, f, x).success();
    boolean[] other = run(next, f, x).success();
    boolean[] together = run(both, f, x).success();
    for (int i = 0; i < 100; i++) {
      assertEquals(one[i] || other[i], together[i], "example " + i);
    }
    assertThrows(IllegalArgumentException.class, () -> first.then(next.within(1)));
  }

  @ParameterizedTest
  @EnumSource
  void targetsAreReached(Norm norm) {
    Model f = net(FIXED);
    Tensor x = inputs(30, FIXED);
    int[] y = f.predict(x);
    int[] targets = Arrays.stream(y).map(k -> (k + 1) % K).toArray();
    Pgd wide = Pgd.in(new Ball(norm, norm == Norm.L0 ? D : D / 2.0)).steps(60);
    Pgd attack =
        norm == Norm.LINF
            ? wide.within(1).stepSize(0.05)
            : wide.stepSize(norm == Norm.L0 ? 5 : 0.3);
    for (Surrogate s : List.of(Surrogate.crossEntropy(), Surrogate.margin(), Surrogate.dlr())) {
      Found found =
          attack
              .surrogate(s)
              .untilSuccess(true)
              .run(f, x, Goal.targeted(y, targets), Seeds.of(0, 30));
      int[] predicted = f.predict(found.x());
      int reached = 0;
      for (int i = 0; i < 30; i++) {
        assertEquals(predicted[i] == targets[i], found.success()[i]);
        reached += found.success()[i] ? 1 : 0;
      }
      assertTrue(reached >= 15, norm + " " + s + " reached " + reached + " of 30");
    }
  }

  @Test
  void noStepsAreNoise(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(30, rng);
    Ball ball = ball(Norm.LINF);
    Found none = run(Pgd.in(ball).steps(0), f, x);
    assertEquals(run(Pgd.noise(ball), f, x).x(), none.x());
    assertEquals(new Cost(0, 30), none.cost());
    assertEquals(x, run(Pgd.in(ball).steps(0).start(Start.INPUT), f, x).x());
  }

  @Test
  void aBallWithoutRadiusLeavesInputsAlone(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(10, rng);
    for (Norm norm : Norm.values()) {
      Pgd attack = Pgd.in(new Ball(norm, 0)).rule(StepRule.by(Optimizer.ftrl(1)));
      assertEquals(x, run(attack, f, x).x());
    }
  }

  @Test
  void anEmptyBatchIsNothingToDo() {
    Model f = net(FIXED);
    Found found = run(Pgd.in(ball(Norm.L2)).restarts(3), f, Tensor.zeros(Shape.of(0, D)));
    assertEquals(0, found.success().length);
    assertEquals(Cost.NONE, found.cost());
  }

  @Test
  void givenStartsAreThoseOfTheExamplesAndInTheBall(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(30, rng);
    Tensor points = Tensor.uniform(Shape.of(30, D), -1, 2, rng.at("starts"));
    int[] y = f.predict(x);
    for (Norm norm : Norm.values()) {
      Ball ball = ball(norm);
      Pgd still = Pgd.in(ball).steps(0).start(Start.at(points));
      Tensor whole = still.run(f, x, Goal.untargeted(y), Seeds.of(3, 30)).x();
      assertEquals(ball.nearest(points, x, f.bounds()), whole);
      f.bounds().check(whole);
      for (double d : Ball.distances(norm, whole, x)) {
        assertTrue(d <= ball.epsilon() * (1 + 1e-6) + 1e-6);
      }
      int[] some = {4, 17, 29};
      Found part =
          still.run(f, x.rows(some), Goal.untargeted(y).rows(some), Seeds.of(3, 30).rows(some));
      assertEquals(whole.rows(some), part.x());
    }
    Pgd short1 = Pgd.in(ball(Norm.L2)).start(Start.at(points.slice(0, 10)));
    assertRefused("no start for example 10", () -> run(short1, f, x));
  }

  @Test
  void aStartThatWasFoundCostsWhatFindingItCost(Rng rng) {
    Model f = net(rng);
    Tensor x = inputs(30, rng);
    Pgd first = Pgd.in(ball(Norm.LINF)).steps(5);
    Pgd then = first.steps(2).start(Start.foundBy(first));
    assertEquals(new Cost(7 * 30, 60), run(then, f, x).cost());
    assertEquals(new Cost(5 * 30, 60), run(first.surrogate(Surrogate.kl()), f, x).cost());
  }

  // ---- what breaks down, and how it says so
  // -------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void weightsThatAreNaNAreAnError(Norm norm) {
    Tensor nan = Tensor.full(Shape.of(K, D), Float.NaN);
    Classifier f = Classifier.of(x -> x.matmul(Var.constant(nan), false, true), Bounds.UNIT);
    assertBreaks(f, norm, 1, 2, 3);
  }

  /** √0 has no slope; the scores themselves are fine. */
  @ParameterizedTest
  @EnumSource
  void aGradientThatIsNaNIsAnError(Norm norm) {
    Linear linear = Linear.random(K, D, FIXED);
    Classifier f =
        Classifier.of(
            x -> linear.in(Bounds.UNIT).logits(x).add(x.mul(0).square().sumAxes(1).sqrt()),
            Bounds.UNIT);
    Tensor scores = f.scores(inputs(3, FIXED));
    assertEquals(-1, scores.firstNotFinite());
    assertBreaks(f, norm, scores.argmax());
  }

  private static void assertBreaks(Classifier f, Norm norm, int... labels) {
    for (boolean untilSuccess : new boolean[] {false, true}) {
      Pgd attack = Pgd.in(ball(norm)).untilSuccess(untilSuccess);
      Goal goal = Goal.untargeted(labels);
      AttackException e =
          assertThrows(
              AttackException.class, () -> attack.run(f, inputs(3, FIXED), goal, Seeds.of(0, 3)));
      assertTrue(e.getMessage().contains("NaN"), e.getMessage());
      assertTrue(e.getMessage().contains("check the model's weights"), e.getMessage());
    }
  }

  @Test
  void wrongInputIsRefused() {
    Model f = net(FIXED);
    Pgd attack = Pgd.in(ball(Norm.LINF));
    Tensor x = inputs(2, FIXED);
    assertRefused("outside the model's bounds", () -> run(attack, f, x.add(0.7f)));
    assertRefused("2 inputs, 1 labels", () -> attack.run(f, x, Goal.untargeted(1), Seeds.of(0, 2)));
    assertRefused(
        "class 5: the model has classes 0 … 4",
        () -> attack.run(f, x, Goal.untargeted(0, K), Seeds.of(0, 2)));
    assertRefused(
        "class -1",
        () -> attack.run(f, x, Goal.targeted(new int[2], new int[] {1, -1}), Seeds.of(0, 2)));
    assertRefused("a radius is a number from 0 on", () -> Ball.linf(-0.1));
    assertRefused("a radius is a number from 0 on", () -> Ball.l2(Double.NaN));
    assertRefused("at least one", () -> Eot.of(Augmentation.noise(1), 0));
    assertRefused("positive length", () -> new GradientSource.Spsa(1, 0));
    assertRefused("positive length", () -> new GradientSource.Nes(1, 0));
    assertRefused("it must be positive", () -> attack.stepSize(0));
    assertRefused("-1 steps", () -> attack.steps(-1));
  }

  private static void assertRefused(String why, Runnable what) {
    String said = assertThrows(IllegalArgumentException.class, what::run).getMessage();
    assertTrue(said.contains(why), said);
  }

  // ---- plans
  // --------------------------------------------------------------------------------------

  @Test
  void onePlanServesEveryRadius() {
    AtomicInteger calls = new AtomicInteger();
    Model model = net(FIXED);
    Plans plans = new Plans();
    Classifier counting =
        new Classifier.Function(
            x -> {
              calls.incrementAndGet();
              return model.logits(x);
            },
            model.bounds(),
            plans);
    Tensor x = inputs(20, FIXED);
    int[] y = counting.predict(x);
    Pgd attack = Pgd.in(ball(Norm.L2));
    attack.run(counting, x, Goal.untargeted(y), Seeds.of(0, 20));
    int once = calls.get();
    for (double epsilon : new double[] {0.01, 0.1, 0.3, 1, 2}) {
      attack.within(epsilon).run(counting, x, Goal.untargeted(y), Seeds.of(1, 20));
    }
    assertEquals(once, calls.get());
  }

  @Test
  void manyThreadsMayAttackOneModel() throws Exception {
    Model f = net(FIXED);
    Tensor x = inputs(64, FIXED);
    Pgd attack = Pgd.in(ball(Norm.LINF)).steps(30);
    Tensor serial = run(attack, f, x).x();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Tensor>> found = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        found.add(threads.submit(() -> run(attack, f, x).x()));
      }
      for (Future<Tensor> one : found) {
        assertEquals(serial, one.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  // ---- everywhere
  // ---------------------------------------------------------------------------------

  /** 10,000 random attacks, twenty on each of 500 random nets, with random parts. */
  @Test
  void nobodyLeavesBallOrBox(Rng rng) {
    int n = 20;
    for (int i = 0; i < 500; i++) {
      Rng one = rng.at(i);
      Norm norm = List.of(Norm.values()).get(i % 4);
      int d = 1 + one.below(0, 30);
      Bounds box =
          new Bounds[] {Bounds.UNIT, new Bounds(-2.1f, 2.6f), Bounds.NONE}[one.below(1, 3)];
      boolean open = box.equals(Bounds.NONE);
      Layer layers = Layer.sequential(Layer.dense(d, 8), Layer.relu(), Layer.dense(8, 4));
      Model f = Model.init(layers, Shape.of(d), one.at("net")).with(box);
      Tensor x =
          Tensor.uniform(Shape.of(n, d), open ? -1 : box.low(), open ? 1 : box.high(), one.at("x"));
      double epsilon =
          norm == Norm.L0 ? one.below(2, d + 2) : Math.pow(10, 3 * one.uniformDouble(3) - 2);
      BallAttack attack = random(new Ball(norm, epsilon), one);
      Found found =
          attack.run(
              f, x, Goal.untargeted(f.predict(x)), new Seeds(one, IntStream.range(0, n).toArray()));
      box.check(found.x());
      float[] rounding = new float[d];
      Arrays.fill(rounding, 4e-7f * (float) Math.max(1, epsilon));
      double slack = norm == Norm.L0 ? 0 : epsilon * 1e-6 + norm.length(rounding);
      double most = Arrays.stream(Ball.distances(norm, found.x(), x)).max().orElseThrow();
      assertTrue(most <= epsilon + slack, i + ": " + attack + " went to " + most);
    }
  }

  /** Any rule, surrogate, source and start, alone, repeated or in a cascade. */
  private static BallAttack random(Ball ball, Rng rng) {
    List<StepRule> rules =
        List.of(
            StepRule.steepest(),
            StepRule.momentum(1),
            StepRule.nesterov(1),
            StepRule.sparse(0.8),
            StepRule.by(Optimizer.adam(1)),
            StepRule.by(Optimizer.sgd(1)));
    List<Surrogate> surrogates =
        List.of(
            Surrogate.crossEntropy(),
            Surrogate.margin(),
            Surrogate.dlr(),
            Surrogate.kl(),
            Surrogate.squaredError().negated());
    List<GradientSource> sources =
        List.of(
            GradientSource.exact(),
            GradientSource.exact(),
            Eot.of(Augmentation.noise(0.1), 2),
            new GradientSource.Nes(2, 0.01),
            new Scaled(GradientSource.exact(), 2),
            new VarianceTuned(GradientSource.exact(), 2, 1.5));
    List<Start> starts =
        List.of(
            Start.INPUT,
            Start.RANDOM,
            Start.foundBy(Pgd.noise(ball.withEpsilon(2 * ball.epsilon()))));
    Pgd pgd =
        Pgd.in(ball)
            .steps(rng.below(10, 6))
            .stepSize(new StepSize.Relative(Math.pow(10, 3 * rng.uniformDouble(11) - 2)))
            .rule(rules.get(rng.below(12, rules.size())))
            .surrogate(surrogates.get(rng.below(13, surrogates.size())))
            .start(starts.get(rng.below(14, starts.size())))
            .gradient(sources.get(rng.below(16, sources.size())))
            .untilSuccess(rng.below(15, 2) == 0);
    return switch (rng.below(17, 8)) {
      case 0 -> pgd.restarts(2);
      case 1 -> pgd.then(Pgd.fgsm(ball));
      case 2 -> ball.norm() == Norm.L2 ? VirtualAdversarial.of(ball.epsilon()) : pgd;
      default -> pgd;
    };
  }

  @Test
  void anAttackPrintsAsTheExperimentThatItIs() {
    assertEquals(
        "Pgd[ball=linf(0.3), steps=40, stepSize=Absolute[alpha=0.01], rule=Steepest[],"
            + " surrogate=CrossEntropy[], gradient=Exact[], start=RANDOM, untilSuccess=false]",
        Pgd.in(Ball.linf(0.3)).stepSize(0.01).toString());
    assertArrayEquals(
        new Object[] {Pgd.in(Ball.l2(1)), Pgd.fgsm(Ball.l2(1))},
        new Object[] {Pgd.in(Ball.l2(1)), Pgd.fgsm(Ball.l2(1))});
  }
}
