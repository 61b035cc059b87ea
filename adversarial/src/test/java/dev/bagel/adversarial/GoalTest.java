package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.auto.Square;
import dev.bagel.adversarial.query.GenAttack;
import dev.bagel.adversarial.query.OnePixel;
import dev.bagel.adversarial.query.SimBa;
import dev.bagel.adversarial.spatial.TransformationAttack;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Unary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** Any criterion and any loss: confidence, regression, multi-label, rules of one's own. */
@ExtendWith(Seeded.class)
class GoalTest {
  private static final int N = 40;
  private static final int D = 16;

  private static Tensor inputs(Rng rng) {
    return Tensor.uniform(Shape.of(N, D), 0, 1, rng.at("x"));
  }

  private static Tensor scores(float... z) {
    return Tensor.of(Shape.of(1, z.length), z);
  }

  @Test
  void confidenceIsALeadOverTheOtherScores() {
    Goal away = Goal.untargeted(0).by(2);
    assertArrayEquals(new boolean[] {false}, away.reached(scores(1, 2.9f, 0)));
    assertArrayEquals(new boolean[] {true}, away.reached(scores(1, 3, 0)));
    Goal to = Goal.targeted(new int[] {0}, new int[] {2}).by(1);
    assertArrayEquals(new boolean[] {false}, to.reached(scores(1, 3, 3.5f)));
    assertArrayEquals(new boolean[] {true}, to.reached(scores(1, 3, 4)));
    assertEquals("untargeted by 2.0", away.toString());
    assertThrows(AttackException.class, () -> away.reached(1));
    assertThrows(AttackException.class, () -> away.reached(scores(1, Float.NaN, 0)));
    assertThrows(IllegalArgumentException.class, () -> Goal.untargeted(0).by(-1));
  }

  @Test
  void moreConfidenceIsHarderToReach(Rng rng) {
    Classifier f = Linear.random(4, D, rng).in(Bounds.UNIT);
    Tensor x = inputs(rng);
    Evaluation e = Evaluation.of(f, new Batch(x, f.predict(x)));
    double last = 1;
    for (double kappa : new double[] {0, 0.5, 2, 8}) {
      Goal goal = Goal.untargeted(e.batch().labels()).by(kappa);
      Pgd pgd = Pgd.in(Ball.linf(0.2)).surrogate(Surrogate.margin()).untilSuccess(true);
      double rate = e.goal(goal).against(pgd).successRate();
      assertTrue(rate <= last, kappa + ": " + rate);
      last = rate;
    }
    assertTrue(last < 0.9);
  }

  /** |w·δ| ≤ ε‖w‖₁: regression by a linear model is off by exactly that, inside its bounds. */
  @Test
  void regressionIsAttackedToItsClosedForm(Rng rng) {
    Linear linear = Linear.random(1, D, rng);
    Tensor x = inputs(rng);
    Classifier f = linear.in(Bounds.NONE);
    Tensor truth = f.scores(x);
    double most = 0;
    for (int j = 0; j < D; j++) {
      most += 0.1 * Math.abs(linear.w().get(j));
    }
    Evaluation e = Evaluation.of(f, new Batch(x, new int[N]));
    Pgd pgd =
        Pgd.in(Ball.linf(0.1))
            .stepSize(new StepSize.Relative(0.1))
            .surrogate(Surrogate.squaredError());
    assertEquals(
        1, e.goal(Goal.custom(Rule.offBy(most * 0.999), truth)).against(pgd).successRate());
    Evaluation.Outcome o = e.goal(Goal.custom(Rule.offBy(most * 1.001), truth)).against(pgd);
    assertEquals(0, o.successRate());
    assertEquals(1, o.robustAccuracy());
    assertEquals(1, o.cleanAccuracy());
    Tensor off = f.scores(o.x()).sub(truth);
    for (int i = 0; i < N; i++) {
      assertEquals(most, Math.abs(off.get(i)), 1e-4 * most);
    }
  }

  /** Scores are compared with the truth by attacks that only ask, too. */
  @Test
  void whoOnlyAsksFindsWhatIsOffAsWell(Rng rng) {
    Linear linear = Linear.random(2, D, rng);
    Shape pictures = Shape.of(N, 1, 4, D / 4);
    Classifier f =
        Classifier.of(
            v -> linear.in(Bounds.NONE).logits(v.reshape(v.shape().dim(0), D)), Bounds.UNIT);
    Tensor x = inputs(rng).reshape(pictures);
    Goal goal = Goal.custom(Rule.offBy(0.2), f.scores(x));
    Surrogate distance = Surrogate.squaredError();
    List<Attack> attacks =
        List.of(
            Square.in(Ball.linf(0.2)).queries(300).surrogate(distance),
            SimBa.in(Ball.linf(0.2)).queries(300).surrogate(distance),
            GenAttack.in(Ball.linf(0.2)).queries(300).surrogate(distance),
            OnePixel.in(Ball.l0(3)).queries(300).surrogate(distance),
            TransformationAttack.spatial().surrogate(distance));
    for (Attack attack : attacks) {
      Found found = attack.run(f, x, goal, Seeds.of(0, N));
      assertArrayEquals(goal.reached(f.scores(found.x())), found.success());
      assertTrue(found.rate() > 0.7, attack + ": " + found.rate());
    }
  }

  @Test
  void whatDoesNotFitSaysItsSize() {
    Tensor scores = Tensor.zeros(Shape.of(4, 3));
    for (Rule rule : List.of(Rule.offBy(1), Rule.anyLabelWrong())) {
      for (int k : new int[] {2, 4}) {
        Goal goal = Goal.custom(rule, Tensor.zeros(Shape.of(4, k)));
        assertSays(() -> goal.reached(scores), "3 scores", "truth of " + k);
      }
    }
    assertSays(
        () -> Goal.custom(Rule.notInTop(1), 0, 1, 2, 3).reached(scores), "3 scores", "class 3");
    Goal truth = Goal.custom(Rule.offBy(1), Tensor.zeros(Shape.of(5, 3)));
    Goal right = Goal.untargeted(0, 0, 0, 0, 0);
    Goal aim = Goal.targeted(new int[5], new int[5]);
    for (Goal goal : List.of(truth, right, aim, Goal.untargeted(0, 0, 0, 0, 0).by(1))) {
      assertSays(() -> goal.reached(scores), "5 examples", "4");
    }
  }

  private static void assertSays(Executable what, String... words) {
    String said = assertThrows(IllegalArgumentException.class, what).getMessage();
    for (String word : words) {
      assertTrue(said.contains(word), said);
    }
  }

  /** Without a truth the clean scores take its place: the output is moved, whatever it is. */
  @Test
  void withoutATruthScoresAreMovedFromWhereTheyWere(Rng rng) {
    Classifier f = Linear.random(3, D, rng).in(Bounds.UNIT);
    Tensor x = inputs(rng);
    Goal goal = Goal.untargeted(f.predict(x));
    Pgd pgd = Pgd.in(Ball.linf(0.3));
    Tensor noise = Pgd.noise(Ball.linf(0.3)).run(f, x, goal, Seeds.of(0, N)).x();
    for (Surrogate s : List.of(Surrogate.kl(), Surrogate.squaredError())) {
      Tensor found = pgd.surrogate(s).run(f, x, goal, Seeds.of(0, N)).x();
      Tensor far = s.of(Var.constant(f.scores(found)), aim(f.scores(x))).value();
      Tensor near = s.of(Var.constant(f.scores(noise)), aim(f.scores(x))).value();
      assertTrue(far.sum().item() > 2 * near.sum().item(), s + ": " + far + " " + near);
    }
  }

  /**
   * Label k of a linear model can fall if |z_k| ≤ ε‖w_k‖₁, however sure it is of itself. The loss
   * is a sum over labels, which do not all fall in one direction: not all that can will.
   */
  @Test
  void anyOfManyLabelsMayFall(Rng rng) {
    Linear linear = Linear.random(6, D, rng);
    Tensor x = inputs(rng);
    for (float scale : new float[] {1, 1000}) {
      Classifier one = linear.in(Bounds.NONE);
      Classifier f = Classifier.of(v -> one.logits(v).mul(scale), Bounds.NONE);
      Goal goal = Goal.custom(Rule.anyLabelWrong(), f.scores(x).map(Unary.STEP));
      assertArrayEquals(new boolean[N], goal.reached(f.scores(x)));
      Pgd pgd = Pgd.in(Ball.linf(0.1)).surrogate(Surrogate.binaryCrossEntropy());
      Found found = pgd.run(f, x, goal, Seeds.of(0, N));
      assertArrayEquals(goal.reached(f.scores(found.x())), found.success());
      int can = 0;
      int did = 0;
      for (int i = 0; i < N; i++) {
        boolean possible = canFall(linear, x, i, 0.1);
        assertTrue(possible || !found.success()[i], "farther than possible");
        can += possible ? 1 : 0;
        did += found.success()[i] ? 1 : 0;
      }
      assertTrue(did >= 0.5 * can && can > 0, scale + ": " + did + " of " + can);
    }
  }

  private static boolean canFall(Linear linear, Tensor x, int row, double epsilon) {
    for (int k = 0; k < linear.classes(); k++) {
      double reach = 0;
      for (int j = 0; j < D; j++) {
        reach += 1.0001 * epsilon * Math.abs(linear.w().get(k * D + j));
      }
      if (Math.abs(linear.score(x, row, k)) <= reach) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aRuleOfOnesOwnSeesTheClass(Rng rng) {
    Classifier f = Linear.random(5, D, rng).in(Bounds.UNIT);
    Tensor x = inputs(rng);
    int[] y = f.predict(x);
    Seeds seeds = Seeds.of(0, N);
    Pgd pgd = Pgd.in(Ball.linf(0.3));
    double top1 = pgd.run(f, x, Goal.untargeted(y), seeds).rate();
    double rule = pgd.run(f, x, Goal.custom(Rule.notInTop(1), y), seeds).rate();
    double top3 = pgd.run(f, x, Goal.custom(Rule.notInTop(3), y), seeds).rate();
    assertEquals(top1, rule);
    assertTrue(top3 < top1);
    Goal never = Goal.custom((z, right) -> false, y);
    assertEquals(0, pgd.run(f, x, never, seeds).rate());
  }

  @Test
  void aLossThatDoesNotFitTheGoalSaysWhatDoes(Rng rng) {
    Classifier f = Linear.random(3, D, rng).in(Bounds.UNIT);
    Tensor x = inputs(rng);
    Goal regression = Goal.custom(Rule.offBy(1), f.scores(x));
    Pgd pgd = Pgd.in(Ball.linf(0.1));
    String said =
        assertThrows(AttackException.class, () -> pgd.run(f, x, regression, Seeds.of(0, N)))
            .getMessage();
    assertTrue(said.contains("Surrogate.squaredError()"), said);
    Pgd labels = pgd.surrogate(Surrogate.binaryCrossEntropy());
    Goal classes = Goal.untargeted(f.predict(x));
    String none =
        assertThrows(AttackException.class, () -> labels.run(f, x, classes, Seeds.of(0, N)))
            .getMessage();
    assertTrue(none.contains("Goal.custom(rule, truth)"), none);
    assertThrows(AttackException.class, regression::labels);
    assertThrows(AttackException.class, () -> regression.reached(0));
    assertEquals("OffBy[distance=1.0]", regression.toString());
  }

  // ---- surrogates with a truth
  // --------------------------------------------------------------------

  private static final List<Surrogate> COMPARING =
      List.of(Surrogate.squaredError(), Surrogate.binaryCrossEntropy(), Surrogate.kl());

  private static Surrogate.Aim aim(Tensor truth) {
    return new Surrogate.Aim(null, null, Var.constant(truth));
  }

  @Test
  void valuesAreThoseOfTheFormulas(Rng rng) {
    Tensor z = Tensor.gaussian(Shape.of(N, 5), rng).mul(4);
    Tensor truth = Tensor.gaussian(Shape.of(N, 5), rng.at("truth"));
    Tensor bits = truth.map(Unary.STEP);
    Var square = Surrogate.squaredError().of(Var.constant(z), aim(truth));
    Var bce = Surrogate.binaryCrossEntropy().of(Var.constant(z), aim(bits));
    Var kl = Surrogate.kl().of(Var.constant(z), aim(truth));
    Var back = Surrogate.kl().negated().of(Var.constant(z), aim(truth));
    for (int r = 0; r < N; r++) {
      double sum = 0;
      double entropy = 0;
      double zs = 0;
      double ps = 0;
      for (int k = 5 * r; k < 5 * r + 5; k++) {
        sum += Math.pow(z.get(k) - truth.get(k), 2);
        entropy += Math.log1p(Math.exp((1 - 2 * bits.get(k)) * z.get(k)));
        zs += Math.exp(z.get(k));
        ps += Math.exp(truth.get(k));
      }
      double divergence = 0;
      for (int k = 5 * r; k < 5 * r + 5; k++) {
        double p = Math.exp(truth.get(k)) / ps;
        divergence += p * (Math.log(p) - Math.log(Math.exp(z.get(k)) / zs));
      }
      assertEquals(sum, square.value().get(r), 1e-4 * (1 + sum));
      assertEquals(Math.log(entropy), bce.value().get(r), 1e-4);
      assertEquals(divergence, kl.value().get(r), 1e-4 * (1 + divergence));
      assertEquals(-kl.value().get(r), back.value().get(r));
    }
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences(Rng rng) {
    Tensor z = Tensor.gaussian(Shape.of(N, 5), rng);
    Tensor bits = Tensor.gaussian(Shape.of(N, 5), rng.at("t")).map(Unary.STEP);
    for (Surrogate s : COMPARING) {
      double error = GradCheck.error(v -> s.of(v.get(0), aim(bits)), 1, rng, z);
      assertTrue(error < 2e-3, s + ": " + error);
    }
  }

  @Test
  void labelsThatTheModelIsSureOfStillHaveAGradient() {
    Var z = Var.leaf(Tensor.of(Shape.of(1, 2), 300, -400));
    Surrogate.Aim aim = aim(Tensor.of(Shape.of(1, 2), 1, 0));
    Tensor g = Grad.of(Surrogate.binaryCrossEntropy().of(z, aim).sum(), z).get(0).value();
    assertEquals(-1, g.get(0), 1e-6);
    assertEquals(0, g.get(1), 1e-6);
  }
}
