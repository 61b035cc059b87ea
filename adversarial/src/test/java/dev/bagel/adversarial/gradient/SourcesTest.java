package dev.bagel.adversarial.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Start;
import dev.bagel.adversarial.StepRule;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class SourcesTest {
  private static final int N = 3;
  private static final Shape IMAGES = Shape.of(N, 2, 7, 9);

  private static Tensor images(Rng rng) {
    return Tensor.uniform(IMAGES, 0, 1, rng.at("x"));
  }

  private static Var keys(Rng rng) {
    float[] keys = new float[4 * N];
    for (int i = 0; i < N; i++) {
      System.arraycopy(Fn.key(rng.at(i)).array(), 0, keys, 4 * i, 4);
    }
    return Var.constant(Tensor.wrap(Shape.of(N, 4), keys));
  }

  /** Σ w·x of each example, whose gradient is w. */
  private static UnaryOperator<Var> linear(Tensor w) {
    return x -> x.mul(Var.constant(w)).sumEach();
  }

  private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), tolerance, "element " + i);
    }
  }

  // ---- each source by its definition
  // --------------------------------------------------------------

  @Test
  void aSmoothedGradientIsTheSumOverTheKernel(Rng rng) {
    Tensor w = Tensor.gaussian(IMAGES, rng.at("w"));
    GradientSource source = new Translated(GradientSource.exact(), 5);
    Tensor g = source.at(linear(w), Var.leaf(images(rng)), keys(rng)).value();
    double[] kernel = {Math.exp(-4.5), Math.exp(-1.125), 1, Math.exp(-1.125), Math.exp(-4.5)};
    double sum = 0;
    for (double k : kernel) {
      sum += k;
    }
    float[] expected = new float[w.size()];
    for (int i = 0; i < expected.length; i++) {
      int row = i / 9 % 7;
      int column = i % 9;
      for (int dy = -2; dy <= 2; dy++) {
        for (int dx = -2; dx <= 2; dx++) {
          boolean inside = row + dy >= 0 && row + dy < 7 && column + dx >= 0 && column + dx < 9;
          if (inside) {
            expected[i] +=
                (float) (kernel[dy + 2] * kernel[dx + 2] / sum / sum * w.get(i + 9 * dy + dx));
          }
        }
      }
    }
    assertClose(Tensor.of(IMAGES, expected), g, 1e-5);
    Var x = Var.leaf(images(rng));
    assertEquals(w, new Translated(GradientSource.exact(), 1).at(linear(w), x, null).value());
  }

  @Test
  void fainterCopiesAreAveraged(Rng rng) {
    Tensor x = images(rng);
    UnaryOperator<Var> square = v -> v.square().sumEach();
    Tensor g = new Scaled(GradientSource.exact(), 3).at(square, Var.leaf(x), null).value();
    assertClose(x.mul(2 * (1 + 1 / 4f + 1 / 16f) / 3), g, 1e-6); // ∇ (x/2ⁱ)² = 2x/4ⁱ
  }

  @Test
  void aTunedGradientAddsWhatTheNeighboursSaidOfTheLastPoint(Rng rng) {
    Tensor x = images(rng);
    UnaryOperator<Var> cube = v -> v.square().mul(v).sumEach();
    VarianceTuned source = new VarianceTuned(GradientSource.exact(), 4000, 1.5);
    Tensor before = Tensor.gaussian(IMAGES, rng.at("v"));
    Var epsilon = Var.constant(Tensor.full(Shape.of(N, 1), 0.2f));
    GradientSource.Answer answer =
        new VarianceTuned(GradientSource.exact(), 400, 1.5)
            .answer(
                new GradientSource.Question(
                    cube, Var.leaf(x), keys(rng), epsilon, Map.of("v", Var.constant(before))));
    assertClose(x.square().mul(3).add(before), answer.gradient().value(), 1e-5);
    // E 3(x + r)² − 3x² = 3 Var r = (1.5 · 0.2)² for r uniform in ± 1.5 · 0.2
    Tensor v = answer.memory().get("v").value();
    assertEquals(0.09, v.sum().item() / v.size(), 0.01);
    assertEquals(new Cost(4001, 0), source.cost());
    assertThrows(AttackException.class, () -> source.at(cube, Var.leaf(x), keys(rng)));
  }

  @Test
  void naturalEvolutionFindsTheSlopeOfEachExample(Rng rng) {
    Tensor w = Tensor.gaussian(IMAGES, rng.at("w"));
    GradientSource source = new GradientSource.Nes(3000, 0.01);
    Tensor g = source.at(linear(w), Var.leaf(images(rng)), keys(rng)).value();
    double along = g.dot(w) / w.dot(w);
    assertEquals(1, along, 0.1);
    double cosine = g.dot(w) / Math.sqrt(g.dot(g) * w.dot(w));
    assertTrue(cosine > 0.95, "cosine " + cosine); // √(n / (n + d)) = 0.98
    assertEquals(new Cost(0, 100), GradientSource.nes().cost());
  }

  // ---- augmentations
  // ----------------------------------------------------------------------------

  @Test
  void shrinkingToTheWholeSizeChangesNothing(Rng rng) {
    Tensor x = images(rng);
    Var same = Augmentation.shrink(1, 1).of(Var.constant(x), keys(rng), "p");
    assertClose(x, same.value(), 1e-5);
    Var never = Augmentation.shrink(0.5, 0).of(Var.constant(x), keys(rng), "p");
    assertClose(x, never.value(), 1e-5);
  }

  @Test
  void aShrunkImageIsAllThereAndSmaller(Rng rng) {
    Tensor x = Tensor.full(Shape.of(N, 1, 40, 40), 1);
    for (int t = 0; t < 20; t++) {
      Var y = Augmentation.shrink(0.5, 1).of(Var.constant(x), keys(rng.at(t)), "p");
      for (int i = 0; i < N; i++) {
        double area = y.value().slice(i, i + 1).sum().item() / 1600;
        assertTrue(area > 0.24 && area <= 1.0001, "area " + area);
      }
    }
  }

  @Test
  void augmentationsAreDrawnForEachExampleAndSample(Rng rng) {
    Tensor x = images(rng);
    Augmentation t = Augmentation.shrink(0.5, 1).then(Augmentation.noise(0.1));
    Tensor a = t.of(Var.constant(x), keys(rng), "a").value();
    assertEquals(a, t.of(Var.constant(x), keys(rng), "a").value());
    assertTrue(!a.equals(t.of(Var.constant(x), keys(rng), "b").value()));
    Tensor one = t.of(Var.constant(x.rows(1)), Var.constant(key(rng.at(1))), "a").value();
    assertClose(a.rows(1), one, 1e-6);
  }

  private static Tensor key(Rng rng) {
    return Fn.key(rng).reshape(1, 4);
  }

  @Test
  void theMeanOverAugmentationsIsTheMean(Rng rng) {
    Tensor w = Tensor.gaussian(IMAGES, rng.at("w"));
    Var x = Var.leaf(images(rng));
    Augmentation shrink = Augmentation.shrink(0.6, 1);
    Tensor mean = new Eot(GradientSource.exact(), shrink, 3).at(linear(w), x, keys(rng)).value();
    Tensor sum = Tensor.zeros(IMAGES);
    for (int s = 0; s < 3; s++) {
      String purpose = "eot " + s;
      sum =
          sum.add(
              GradientSource.exact()
                  .at(v -> linear(w).apply(shrink.of(v, keys(rng), purpose)), x, keys(rng))
                  .value());
    }
    assertClose(sum.mul(1 / 3f), mean, 1e-5);
  }

  /** 0 and Σ w (x + σξ)³ with ξ anew in every pass: E ∇ = 3 w (x² + σ²). */
  private static Classifier noisy(Tensor w, float sigma, Rng rng) {
    return Classifier.random(
        (x, key) -> {
          Var moved = x.add(Fn.gaussian(key, "noise", x.shape()).mul(sigma));
          Var z = moved.square().mul(moved).mul(Var.constant(w)).sumEach().reshape(N, 1);
          return Var.concat(1, z.mul(0), z);
        },
        Bounds.NONE,
        rng);
  }

  @Test
  void manyPassesOfARandomModelAverageToItsExpectation(Rng rng) {
    Tensor w = Tensor.gaussian(IMAGES, rng.at("w"));
    Tensor x = images(rng);
    Classifier f = noisy(w, 0.5f, rng.at("noise"));
    Tensor expected = x.square().add(0.25f).mul(3).mul(w);
    double one = meanSquare(f, GradientSource.exact(), x, expected);
    double twenty = meanSquare(f, Eot.of(Augmentation.none(), 20), x, expected);
    assertEquals(1 / 20.0, twenty / one, 0.025);
    assertTrue(one > 0.01 * expected.dot(expected) / x.size(), "no noise: " + one);
    Tensor mean = Tensor.zeros(IMAGES); // no bias: the rest falls with the number of passes
    for (int t = 0; t < 100; t++) {
      mean = mean.add(slope(f, Eot.of(Augmentation.none(), 20), x).mul(1 / 100f));
    }
    Tensor rest = mean.sub(expected);
    assertTrue(rest.dot(rest) / x.size() < one / 500, rest + " is left");
  }

  private static Tensor slope(Classifier f, GradientSource source, Tensor x) {
    Goal goal = Goal.untargeted(new int[N]);
    return Slope.at(f, Surrogate.margin(), source, x, goal, Seeds.of(1, N)).gradient();
  }

  /** How far the gradients of 20 calls are from what is expected, squared. */
  private static double meanSquare(Classifier f, GradientSource source, Tensor x, Tensor expected) {
    double sum = 0;
    for (int t = 0; t < 20; t++) {
      Tensor error = slope(f, source, x).sub(expected);
      sum += error.dot(error) / x.size() / 20;
    }
    return sum;
  }

  // ---- attacks
  // ------------------------------------------------------------------------------------

  private static final Shape IMAGE = Shape.of(1, 12, 12);

  private static Model net(Rng rng) {
    return Model.init(
        Layer.sequential(Layer.flatten(), Layer.dense(144, 32), Layer.relu(), Layer.dense(32, 5)),
        IMAGE,
        rng);
  }

  private static Found run(Attack attack, Classifier f, Tensor x) {
    int[] y = f.predict(x);
    return attack.run(f, x, Goal.untargeted(y), Seeds.of(1, y.length));
  }

  @Test
  void everyMemberOfTheFamilyBeatsNoise(Rng rng) {
    Model f = net(rng);
    Tensor x = Tensor.uniform(Shape.of(60).concat(IMAGE), 0, 1, rng.at("x"));
    Ball ball = Ball.linf(0.06);
    double noise = run(Pgd.noise(ball), f, x).rate();
    double bim = run(Pgd.bim(ball), f, x).rate();
    for (Pgd attack :
        List.of(
            Transfer.nifgsm(ball),
            Transfer.difgsm(ball),
            Transfer.sifgsm(ball),
            Transfer.vmifgsm(ball),
            Transfer.difgsm(ball)
                .gradient(new Translated(Transfer.diverse(), 3))
                .rule(StepRule.momentum(1)),
            Transfer.vmifgsm(ball)
                .gradient(new VarianceTuned(new Scaled(GradientSource.exact(), 2), 3, 1.5)))) {
      double rate = run(attack, f, x).rate();
      assertTrue(rate > noise + 0.1 && rate > bim - 0.5, attack + ": " + rate + ", bim " + bim);
    }
    for (Pgd attack : List.of(Transfer.difgsm(ball), Transfer.tifgsm(ball))) {
      Model flat = Model.init(Layer.dense(9, 2), Shape.of(9), rng);
      Tensor rows = Tensor.uniform(Shape.of(2, 9), 0, 1, rng);
      assertThrows(AttackException.class, () -> run(attack, flat, rows));
    }
  }

  @Test
  void theStepsCostWhatTheySay(Rng rng) {
    Model f = net(rng);
    Tensor x = Tensor.uniform(Shape.of(4).concat(IMAGE), 0, 1, rng.at("x"));
    Ball near = Ball.linf(1e-7); // nothing falls
    assertEquals(new Cost(40, 4), run(Transfer.nifgsm(near), f, x).cost());
    assertEquals(new Cost(40, 44), run(Transfer.nifgsm(near).untilSuccess(true), f, x).cost());
    assertEquals(new Cost(200, 4), run(Transfer.sifgsm(near).untilSuccess(true), f, x).cost());
    assertEquals(new Cost(840, 4), run(Transfer.vmifgsm(near), f, x).cost());
    assertEquals(new Cost(76, 80), run(Transfer.difgsm(near).untilSuccess(true), f, x).cost());
    assertEquals(new Cost(40, 12), run(VirtualAdversarial.of(1e-7), f, x).cost());
  }

  /** KL(p ‖ q) bends most along the difference of the two rows: by symmetry, of two classes. */
  @Test
  void twoClassesBendAlongTheirDifference(Rng rng) {
    Tensor w = Tensor.gaussian(Shape.of(2, 20), rng);
    Classifier f = Classifier.of(v -> v.matmul(Var.constant(w), false, true), Bounds.NONE);
    Tensor x = Tensor.gaussian(Shape.of(8, 20), rng.at("x")).mul(0.1f);
    Tensor delta = run(VirtualAdversarial.of(0.5), f, x).x().sub(x);
    Tensor difference = w.rows(0).sub(w.rows(1));
    for (int i = 0; i < 8; i++) {
      Tensor d = delta.rows(i);
      assertEquals(0.5, Math.sqrt(d.dot(d)), 1e-5);
      double cosine = d.dot(difference) / Math.sqrt(d.dot(d) * difference.dot(difference));
      assertEquals(1, Math.abs(cosine), 1e-3);
    }
  }

  @Test
  void virtualDirectionsSayWhatTheyAreNotFor(Rng rng) {
    Model f = net(rng);
    Tensor x = Tensor.uniform(Shape.of(2).concat(IMAGE), 0, 1, rng.at("x"));
    Goal to = Goal.targeted(new int[2], new int[] {1, 1});
    assertThrows(
        AttackException.class, () -> VirtualAdversarial.of(1).run(f, x, to, Seeds.of(0, 2)));
    assertThrows(IllegalArgumentException.class, () -> new VirtualAdversarial(Ball.linf(1), 1, 1));
  }

  // ---- BPDA
  // ---------------------------------------------------------------------------------------

  /**
   * Three levels: the gradient of rounding is 0 everywhere, and the straight-through one is not.
   */
  @Test
  void aDefenceWithoutAGradientIsPassedThrough(Rng rng) {
    Model f = net(rng);
    Tensor x = Tensor.uniform(Shape.of(40).concat(IMAGE), 0, 1, rng.at("x"));
    UnaryOperator<Tensor> coarse = v -> rounded(v);
    Bpda seen = Bpda.of(f, "three levels", coarse);
    assertEquals(f.scores(coarse.apply(x)), seen.scores(x));
    Tensor g = seen.gradients(x, new int[40]);
    assertClose(f.gradients(coarse.apply(x), new int[40]), g, 1e-6);
    Pgd pgd = Pgd.in(Ball.linf(0.25)).start(Start.INPUT);
    assertTrue(run(pgd, seen, x).rate() > 0.7);
    Bpda twice = seen.backward(v -> v.mul(2));
    assertClose(g.mul(2), twice.gradients(x, new int[40]), 1e-6);
    assertArrayEquals(seen.predict(x), twice.predict(x));
    assertEquals(f.bounds(), seen.bounds());
  }

  private static Tensor rounded(Tensor v) {
    float[] levels = v.toArray();
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Math.round(levels[i] * 2) / 2f;
    }
    return Tensor.wrap(v.shape(), levels);
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    GradientSource exact = GradientSource.exact();
    assertThrows(IllegalArgumentException.class, () -> new Translated(exact, 4));
    assertThrows(IllegalArgumentException.class, () -> new Scaled(exact, 0));
    assertThrows(IllegalArgumentException.class, () -> new VarianceTuned(exact, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new GradientSource.Nes(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Augmentation.shrink(0, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new Eot(exact, Augmentation.noise(1), 0));
    assertThrows(IllegalArgumentException.class, () -> StepRule.sparse(1));
  }
}
