package dev.bagel.adversarial.universal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Tensors;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seeded.class)
class UniversalTest {
  private static final int D = 16;

  /** Scores (w·x, 0): inputs of class 0 fall most along −w, whatever they are. */
  private static Classifier linear(Tensor w, Bounds bounds) {
    return Classifier.of(
        x -> {
          Var z = x.matmul(Var.constant(w.reshape(D, 1)));
          return Var.concat(1, z, z.mul(0));
        },
        bounds);
  }

  /** Inputs with w·x = 1 and some noise across it: all of class 0. */
  private static Dataset inputs(Tensor w, int n, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(n, D), rng).mul(0.3f);
    Tensor along = x.matmul(w.reshape(D, 1)).mul(-1).add(1).mul((float) (1 / w.dot(w)));
    return new Tensors(
        "one side", x.add(along.mul(w.reshape(1, D))), new int[n], List.of("a", "b"));
  }

  private static double dual(Norm norm, Tensor w) {
    double most = 0;
    double sum = 0;
    for (int i = 0; i < D; i++) {
      most = Math.max(most, Math.abs(w.get(i)));
      sum += Math.abs(w.get(i));
    }
    return switch (norm) {
      case LINF -> sum;
      case L2 -> Math.sqrt(w.dot(w));
      case L1 -> most;
      case L0 -> throw new IllegalArgumentException("not a norm that has a dual");
    };
  }

  /** On a linear model one perturbation is the best for all, and its fall is ε‖w‖ of the dual. */
  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2", "L1"})
  void theGradientFindsTheBestPerturbationOfALinearModel(Norm norm, Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(D), rng.at("w"));
    Classifier f = linear(w, Bounds.NONE);
    Dataset data = inputs(w, 50, rng.at("x"));
    Ball ball = new Ball(norm, 0.5);
    UniversalPerturbation found =
        UniversalGradient.in(ball).batch(32).fit(f, data, rng, Progress.NONE).what();
    assertEquals(-0.5 * dual(norm, w), found.delta().dot(w), 1e-3 * dual(norm, w));
  }

  /** DeepFool's way over one plane is −w; a ball that reaches just beyond it is enough for all. */
  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2"})
  void deepFoolWalksOverThePlane(Norm norm, Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(D), rng.at("w"));
    Classifier f = linear(w, Bounds.NONE);
    Dataset data = inputs(w, 40, rng.at("x"));
    double far = norm == Norm.L2 ? 1 / dual(norm, w) : 1;
    Ball ball = new Ball(norm, 1.1 * far);
    Learned<UniversalPerturbation> learned =
        UniversalDeepFool.in(ball).fit(f, data, rng, Progress.NONE);
    assertEquals(List.of(1.0), learned.curve());
    assertEquals(1.02 / Math.sqrt(w.dot(w)), Norm.L2.length(learned.what().delta().array()), 1e-2);
    Evaluation.Outcome outcome = outcome(f, inputs(w, 30, rng.at("held out")), learned.what());
    assertEquals(1, outcome.successRate());
  }

  private static Evaluation.Outcome outcome(
      Classifier f, Dataset data, UniversalPerturbation attack) {
    return Evaluation.of(
        f,
        data.all(),
        attack,
        Goal.untargeted(data.labels()),
        Seeds.of(0, data.size()),
        Progress.NONE);
  }

  @Test
  void aTargetIsAimedAt(Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(D), rng.at("w"));
    Classifier f = linear(w, Bounds.NONE);
    Dataset data = inputs(w, 30, rng.at("x"));
    UniversalPerturbation towards =
        UniversalGradient.in(Ball.linf(0.5)).target(0).fit(f, data, rng, Progress.NONE).what();
    assertTrue(towards.delta().dot(w) > 0, "class 0 is where w points");
  }

  /** Where everything is black, a perturbation that darkens can still learn to brighten. */
  @Test
  void clippingDoesNotStopLearning(Rng rng) {
    Tensor w = Tensor.full(Shape.of(D), -1); // brighter is class 1
    Classifier f =
        Classifier.of(
            x -> {
              Var z = x.matmul(Var.constant(w.reshape(D, 1))).add(1);
              return Var.concat(1, z, z.mul(0));
            },
            Bounds.UNIT);
    Dataset black =
        new Tensors("black", Tensor.zeros(Shape.of(8, D)), new int[8], List.of("a", "b"));
    Learned<UniversalPerturbation> learned =
        UniversalGradient.in(Ball.linf(0.2)).fit(f, black, rng, Progress.NONE);
    assertEquals(1, outcome(f, black, learned.what()).successRate());
    assertEquals(0.2f, learned.what().delta().get(3));
  }

  @Test
  void whatIsLearntDoesNotDependOnThreads(Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(D), rng.at("w"));
    Classifier f = linear(w, new Bounds(-3, 3));
    Dataset data = inputs(w, 45, rng.at("x"));
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Tensor serial =
          UniversalGradient.in(Ball.l2(0.2)).fit(f, data, rng, Progress.NONE).what().delta();
      Parallel.threads(3);
      assertEquals(
          serial,
          UniversalGradient.in(Ball.l2(0.2)).fit(f, data, rng, Progress.NONE).what().delta());
    } finally {
      Parallel.threads(before);
    }
  }

  @Test
  void aPerturbationStaysInItsBallAndBounds(Rng rng) {
    Tensor delta = Tensor.gaussian(Shape.of(D), rng.at("delta"));
    Tensor x = Tensor.uniform(Shape.of(20, D), -2, 3, rng.at("x"));
    Bounds bounds = new Bounds(-2, 3);
    for (Norm norm : Norm.values()) {
      double length = norm.length(delta.array());
      UniversalPerturbation whole = new UniversalPerturbation(delta, new Ball(norm, length + 1));
      UniversalPerturbation part = whole.within(norm == Norm.L0 ? 3 : length / 2);
      assertTrue(norm.length(part.delta().array()) <= part.ball().epsilon() * (1 + 1e-5));
      Tensor moved = part.apply(x, bounds);
      bounds.check(moved);
      for (double d : Ball.distances(norm, moved, x)) {
        assertTrue(d <= part.ball().epsilon() + 1e-4, norm + " " + d);
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> new UniversalPerturbation(delta, new Ball(norm, length / 2)));
    }
  }

  @Test
  void aGradientThatIsNotANumberIsAnError(Rng rng) {
    Classifier f =
        Classifier.of(
            x -> {
              Var z =
                  x.sub(x)
                      .sqrt()
                      .mul(0)
                      .add(x)
                      .matmul(Var.constant(Tensor.full(Shape.of(D, 1), 1)));
              return Var.concat(1, z, z.neg());
            },
            Bounds.NONE);
    Dataset data = inputs(Tensor.full(Shape.of(D), 1), 8, rng);
    assertThrows(
        AttackException.class,
        () -> UniversalGradient.in(Ball.linf(0.1)).fit(f, data, rng, Progress.NONE));
    assertThrows(
        AttackException.class,
        () -> UniversalDeepFool.in(Ball.linf(0.1)).fit(f, data, rng, Progress.NONE));
  }

  @Test
  void curvesAndCostsAreCounted(Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(D), rng.at("w"));
    Dataset data = inputs(w, 30, rng.at("x"));
    Learned<UniversalPerturbation> learned =
        UniversalGradient.in(Ball.linf(0.01))
            .epochs(3)
            .batch(8)
            .fit(linear(w, Bounds.NONE), data, rng, Progress.NONE);
    assertEquals(List.of(0.0, 0.0, 0.0), learned.curve());
    assertEquals(90, learned.cost().gradients());
    assertEquals("UniversalPerturbation [16] in linf(0.01)", learned.what().toString());
  }
}
