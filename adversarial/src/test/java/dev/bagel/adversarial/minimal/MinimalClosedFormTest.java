package dev.bagel.adversarial.minimal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Rule;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.StepSize;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.adversarial.query.GivenPoints;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The nearest boundary of a linear classifier is known: it is min over k of |z_k − z_y| / ‖w_k −
 * w_y‖_q away.
 */
@ExtendWith(Seeded.class)
class MinimalClosedFormTest {
  private static final int N = 4;
  private static final int D = 24;

  /** Scores W x + b. */
  private record Scores(Tensor w, Tensor b) {
    static Scores random(int classes, Rng rng) {
      return new Scores(
          Tensor.gaussian(Shape.of(classes, D), rng.at("w")),
          Tensor.gaussian(Shape.of(classes), rng.at("b")));
    }

    Classifier in(Bounds bounds) {
      return Classifier.of(
          x -> x.matmul(Var.constant(w), false, true).add(Var.constant(b)), bounds);
    }

    /** z_k − z_j, in double. */
    double difference(Tensor x, int row, int k, int j) {
      double s = (double) b.get(k) - b.get(j);
      double[] g = slope(k, j);
      for (int i = 0; i < D; i++) {
        s += g[i] * x.get(row * D + i);
      }
      return s;
    }

    double[] slope(int k, int j) {
      return IntStream.range(0, D)
          .mapToDouble(i -> (double) w.get(k * D + i) - w.get(j * D + i))
          .toArray();
    }

    int classes() {
      return b.size();
    }
  }

  private static double dual(Norm norm, double[] g) {
    double[] a = Arrays.stream(g).map(Math::abs).toArray();
    return switch (norm) {
      case LINF -> Arrays.stream(a).sum();
      case L2 -> Math.sqrt(Arrays.stream(a).map(v -> v * v).sum());
      case L1 -> Arrays.stream(a).max().orElseThrow();
      case L0 -> throw new IllegalArgumentException("no dual");
    };
  }

  /** Untargeted: the nearest of the other classes. */
  private static double nearest(Scores s, Norm norm, Tensor x, int row, int y) {
    return IntStream.range(0, s.classes())
        .filter(k -> k != y)
        .mapToDouble(k -> s.difference(x, row, y, k) / dual(norm, s.slope(y, k)))
        .min()
        .orElseThrow();
  }

  /** Inputs that are far from a boundary, so that a percent of the way is more than rounding. */
  private static Tensor clear(Scores s, Rng rng) {
    Tensor many = Tensor.uniform(Shape.of(20 * N, D), -1, 1, rng.at("x"));
    int[] y = s.in(Bounds.NONE).predict(many);
    return many.rows(
        IntStream.range(0, y.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -nearest(s, Norm.L2, many, i, y[i])))
            .limit(N)
            .mapToInt(i -> i)
            .toArray());
  }

  static Stream<MinimalAttack> exact() {
    return Stream.of(
        DeepFool.in(Norm.L2).overshoot(0.002),
        DeepFool.in(Norm.LINF).overshoot(0.002),
        CarliniWagnerL2.attack().steps(500),
        CarliniWagnerLinf.attack(),
        Ead.attack().steps(3000).searches(14).beta(0.1).alpha(0.001).rule(Ead.Rule.L1),
        Ddn.attack().steps(500),
        Fmn.in(Norm.L1).steps(1000),
        Fmn.in(Norm.L2).withoutStart().steps(500),
        Fmn.in(Norm.LINF).steps(300),
        alone(Norm.L1),
        alone(Norm.L2),
        alone(Norm.LINF),
        Lbfgs.attack().searches(25),
        epsilon(Norm.LINF, 2),
        epsilon(Norm.L2, 8));
  }

  /** Not from where FMN has been already. */
  private static MinimalAttack alone(Norm norm) {
    return BrendelBethge.in(norm).steps(500).start(new Crossing(200));
  }

  private static MinimalAttack epsilon(Norm norm, double largest) {
    Pgd pgd = Pgd.bim(new Ball(norm, largest)).surrogate(Surrogate.margin()).steps(20);
    return MinimalEpsilon.of(pgd.stepSize(new StepSize.Relative(0.1)));
  }

  @ParameterizedTest
  @MethodSource("exact")
  void ofTwoClassesTheDistanceIsTheMarginOverTheDualNorm(MinimalAttack attack, Rng rng) {
    assertNearest(attack, Scores.random(2, rng), rng);
  }

  /** One class beats the others by so much that the runner-up stays the same one. */
  @ParameterizedTest
  @MethodSource("exact")
  void ofSeveralClassesItIsThatOfTheRunnerUp(MinimalAttack attack, Rng rng) {
    Scores any = Scores.random(5, rng);
    Scores s = new Scores(any.w(), Tensor.of(Shape.of(5), 16, 0, -300, -320, -340));
    assertNearest(attack, s, rng);
  }

  /** Of several boundaries DeepFool compares the distances; a climb of the margin does not. */
  @ParameterizedTest
  @EnumSource(names = {"L2", "LINF"})
  void deepFoolGoesToTheNearestOfSeveralBoundaries(Norm norm, Rng rng) {
    Scores s = Scores.random(5, rng);
    Tensor x = clear(s, rng);
    int[] y = s.in(Bounds.NONE).predict(x);
    MinimalAttack attack = DeepFool.in(norm).overshoot(0.002);
    Found found = attack.run(s.in(Bounds.NONE), x, Goal.untargeted(y), Seeds.of(5, N));
    double[] distance = Ball.distances(norm, found.x(), x);
    for (int r = 0; r < N; r++) {
      assertEquals(1, distance[r] / nearest(s, norm, x, r, y[r]), 0.01);
    }
  }

  /** To a percent; EAD, whose loss has an ℓ2 term beside the ℓ1 one, to three. */
  private static void assertNearest(MinimalAttack attack, Scores s, Rng rng) {
    double tolerance = attack instanceof Ead ? 0.03 : 0.01;
    Tensor x = clear(s, rng);
    int[] y = s.in(Bounds.NONE).predict(x);
    int[] other = Arrays.stream(y).map(k -> 1 - k).toArray(); // of classes 0 and 1
    for (Goal goal : new Goal[] {Goal.untargeted(y), Goal.targeted(y, other)}) {
      Found found = attack.run(s.in(Bounds.NONE), x, goal, Seeds.of(5, N));
      double[] distance = Ball.distances(attack.norm(), found.x(), x);
      for (int r = 0; r < N; r++) {
        double least = nearest(s, attack.norm(), x, r, y[r]);
        assertEquals(1, distance[r] / least, tolerance, attack + " " + goal);
      }
    }
  }

  // ---- ℓ0
  // -----------------------------------------------------------------------------------------

  /** As many elements as it takes, those first that change the margin most. */
  private static int fewest(Scores s, Tensor x, int row, int y, Bounds box) {
    double[] g = s.slope(y, 1 - y);
    double[] falls =
        IntStream.range(0, D)
            .mapToObj(
                i -> {
                  double v = x.get(row * D + i);
                  return g[i] > 0 ? g[i] * (v - box.low()) : -g[i] * (box.high() - v);
                })
            .sorted(Comparator.reverseOrder())
            .mapToDouble(v -> v)
            .toArray();
    double left = s.difference(x, row, y, 1 - y);
    int n = 0;
    while (left > 0) {
      left -= falls[n++];
    }
    return n;
  }

  static Stream<MinimalAttack> sparse() {
    return Stream.of(
        Fmn.in(Norm.L0).steps(500),
        BrendelBethge.in(Norm.L0),
        CarliniWagnerL0.attack().c(0.01, 1000).steps(300),
        MinimalEpsilon.of(Pgd.in(Ball.l0(16)).surrogate(Surrogate.margin())),
        Jsma.attack().share(1).theta(1));
  }

  /** JSMA moves up only and in pairs: it may take more. */
  @ParameterizedTest
  @MethodSource("sparse")
  void fewElementsAreChanged(MinimalAttack attack, Rng rng) {
    Scores s = Scores.random(2, rng);
    Tensor x = Tensor.uniform(Shape.of(N, D), 0.2f, 0.8f, rng.at("x"));
    int[] y = s.in(Bounds.UNIT).predict(x);
    Found found = attack.run(s.in(Bounds.UNIT), x, Goal.untargeted(y), Seeds.of(5, N));
    double[] distance = Ball.distances(Norm.L0, found.x(), x);
    for (int r = 0; r < N; r++) {
      int least = fewest(s, x, r, y[r], Bounds.UNIT);
      if (found.success()[r]) {
        assertTrue(distance[r] >= least, attack + ": fewer than possible");
      }
      int more = attack instanceof Jsma ? D : attack instanceof Fmn ? 1 : 2;
      assertTrue(distance[r] <= least + more, attack + ": " + distance[r] + " of " + least);
    }
  }

  // ---- cost and parts
  // -----------------------------------------------------------------------------

  @Test
  void theLeastRadiusCostsAtMostSixRuns(Rng rng) {
    Scores s = Scores.random(5, rng);
    Classifier f = s.in(Bounds.UNIT);
    Tensor x = Tensor.uniform(Shape.of(N, D), 0, 1, rng.at("x"));
    Goal goal = Goal.untargeted(f.predict(x));
    Pgd pgd = Pgd.in(Ball.linf(0.5));
    long once = pgd.run(f, x, goal, Seeds.of(5, N)).cost().gradients();
    Found found = MinimalEpsilon.of(pgd).run(f, x, goal, Seeds.of(5, N));
    assertTrue(found.cost().gradients() <= 6 * once, found.cost() + " and " + once);
    assertEquals(0.5 / 32, MinimalEpsilon.of(pgd).resolution());
  }

  /** Moves the first element as far as its ball allows, at most to the next float after ½. */
  private record ToTheBrink(Ball ball) implements BallAttack {
    @Override
    public BallAttack within(double epsilon) {
      return new ToTheBrink(ball.withEpsilon(epsilon));
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      float brink = Math.nextUp(0.5f);
      Tensor at =
          Tensor.of(x.shape(), (float) Math.min(brink, x.get(0) + ball.epsilon()), x.get(1));
      return new Found(at, goal.reached(f.scores(at)), Cost.NONE);
    }
  }

  static Stream<MinimalAttack> thatGoOnFromAnother() {
    BallAttack brink = new ToTheBrink(Ball.linf(0.5));
    return Stream.of(
        MinimalEpsilon.of(brink),
        Fmn.in(Norm.LINF).steps(1).start(brink),
        BrendelBethge.in(Norm.LINF).steps(1).start(brink));
  }

  /** In another batch rounding might undo such a success, so no walk takes it for one. */
  @ParameterizedTest
  @MethodSource("thatGoOnFromAnother")
  void aFindOnTheBrinkStays(MinimalAttack attack) {
    Tensor w = Tensor.of(Shape.of(2, 2), 0, 0, 1, 0);
    Tensor b = Tensor.of(Shape.of(2), 0.5f, 0);
    Classifier f = new Scores(w, b).in(Bounds.UNIT);
    Tensor x = Tensor.of(Shape.of(1, 2), 0.25f, 0.25f);
    Found found = attack.run(f, x, Goal.untargeted(0), Seeds.of(1, 1));
    assertEquals(1, found.rate());
    assertEquals(1, f.predict(found.x())[0]);
    assertEquals(0.25, Ball.distances(Norm.LINF, found.x(), x)[0], 1e-4);
  }

  /** Finds what a class needs in its ball of ½, and in smaller ones only what is on the brink. */
  private record BrinkWithin(Ball ball) implements BallAttack {
    @Override
    public BallAttack within(double epsilon) {
      return new BrinkWithin(ball.withEpsilon(epsilon));
    }

    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      float to = ball.epsilon() == 0.5 ? 0.75f : Math.nextUp(0.5f);
      Tensor at = Tensor.of(x.shape(), Math.min(to, x.get(0) + (float) ball.epsilon()), x.get(1));
      return new Found(at, goal.reached(f.scores(at)), Cost.NONE);
    }
  }

  /** The radius that is found is one at which no rounding takes the success away. */
  @Test
  void aRadiusThatSucceedsOnTheBrinkOnlyHasFailed() {
    Tensor w = Tensor.of(Shape.of(2, 2), 0, 0, 1, 0);
    Classifier f = new Scores(w, Tensor.of(Shape.of(2), 0.5f, 0)).in(Bounds.UNIT);
    Tensor x = Tensor.of(Shape.of(1, 2), 0.25f, 0.25f);
    MinimalAttack attack = MinimalEpsilon.of(new BrinkWithin(Ball.linf(0.5))).halvings(0);
    Found found = attack.run(f, x, Goal.untargeted(0), Seeds.of(1, 1));
    assertEquals(1, found.rate());
    assertEquals(0.75f, found.x().get(0));
  }

  /** A regression's least ε is how far it may be off over the norm of its slope. */
  @ParameterizedTest
  @EnumSource(names = {"L2", "LINF", "L1"})
  void aGoalWithoutClassesHasALeastRadius(Norm norm, Rng rng) {
    Scores s = Scores.random(1, rng);
    Classifier f = s.in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), -1, 1, rng.at("x"));
    Goal goal = Goal.custom(Rule.offBy(0.5), f.scores(x));
    double[] slope = IntStream.range(0, D).mapToDouble(i -> s.w().get(i)).toArray();
    double least = 0.5 / dual(norm, slope);
    Pgd pgd = Pgd.in(new Ball(norm, 2 * least)).surrogate(Surrogate.squaredError());
    MinimalAttack attack = MinimalEpsilon.of(pgd.stepSize(new StepSize.Relative(0.1)));
    Found found = attack.run(f, x, goal, Seeds.of(5, N));
    for (double distance : Ball.distances(norm, found.x(), x)) {
      assertEquals(1, distance / least, 0.07);
    }
  }

  /** What a walk begins at does not have to be found by itself. */
  @Test
  void aStartThatIsMissingLosesItsExampleOnly(Rng rng) {
    Scores s = Scores.random(2, rng);
    Classifier f = s.in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), -1, 1, rng.at("x"));
    int[] y = f.predict(x);
    Goal goal = Goal.untargeted(y);
    Tensor found = Ddn.attack().run(f, x, goal, Seeds.of(5, N)).x();
    Tensor points = found.withRows(new int[] {2}, x.slice(2, 3)); // its label's side
    MinimalAttack attack = BrendelBethge.in(Norm.L2).steps(100).start(new GivenPoints(points));
    Found walked = attack.run(f, x, goal, Seeds.of(5, N));
    assertEquals(x.slice(2, 3), walked.x().slice(2, 3));
    double[] distance = Ball.distances(Norm.L2, walked.x(), x);
    for (int r = 0; r < N; r++) {
      assertEquals(r != 2, walked.success()[r]);
      if (r != 2) {
        assertEquals(1, distance[r] / nearest(s, Norm.L2, x, r, y[r]), 0.01);
      }
    }
    MinimalAttack fmn = Fmn.in(Norm.L2).start(new GivenPoints(points));
    assertEquals(1, fmn.run(f, x, goal, Seeds.of(5, N)).rate());
  }

  @Test
  void confidenceIsAMarginThatIsKept(Rng rng) {
    Scores s = Scores.random(3, rng);
    Classifier f = s.in(Bounds.NONE);
    Tensor x = Tensor.uniform(Shape.of(N, D), -1, 1, rng.at("x"));
    Goal goal = Goal.untargeted(f.predict(x));
    for (MinimalAttack attack :
        new MinimalAttack[] {
          CarliniWagnerL2.attack().steps(300).confidence(2), Ead.attack().steps(300).confidence(2)
        }) {
      Found found = attack.run(f, x, goal, Seeds.of(5, N));
      for (int r = 0; r < N; r++) {
        int y = goal.labels()[r];
        int row = r;
        double margin =
            IntStream.range(0, 3)
                .filter(k -> k != y)
                .mapToDouble(k -> s.difference(found.x(), row, k, y))
                .max()
                .orElseThrow();
        assertTrue(found.success()[r] && margin >= 2 - 1e-4, attack + ": " + margin);
      }
    }
  }
}
