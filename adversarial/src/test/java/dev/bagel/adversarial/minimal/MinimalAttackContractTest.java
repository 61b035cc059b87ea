package dev.bagel.adversarial.minimal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is true of every minimal attack. */
@ExtendWith(Seeded.class)
class MinimalAttackContractTest {
  private static final int D = 20;
  private static final int K = 5;
  private static final int N = 12;
  private static final Rng FIXED = Rng.of(20);

  /** From a penalty's ridge the last bit says into which valley: of L-BFGS, that much apart. */
  private static final double VALLEYS = 0.2;

  static Stream<MinimalAttack> members() {
    return Members.all();
  }

  private static Model net(Rng rng) {
    Layer net = Layer.sequential(Layer.dense(D, 16), Layer.relu(), Layer.dense(16, K));
    return Model.init(net, Shape.of(D), rng);
  }

  private static Tensor inputs(Bounds box, Rng rng) {
    boolean open = box.equals(Bounds.NONE);
    return Tensor.uniform(
        Shape.of(N, D), open ? -1 : box.low(), open ? 1 : box.high(), rng.at("x"));
  }

  private static Found run(MinimalAttack attack, Classifier f, Tensor x, Goal goal) {
    return attack.run(f, x, goal, Seeds.of(3, x.shape().dim(0)));
  }

  @Test
  void nobodyIsLeftOut() throws IOException {
    assertEquals(Members.written(), members().map(Object::getClass).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("members")
  void whatIsFoundIsValidAndReachesTheGoal(MinimalAttack attack, Rng rng) {
    for (Bounds box : List.of(Bounds.UNIT, new Bounds(-2.1f, 2.6f), Bounds.NONE)) {
      if (Members.needsBox(attack) && box.equals(Bounds.NONE)) {
        continue;
      }
      Classifier f = net(rng.at("net")).with(box);
      Tensor x = inputs(box, rng);
      Goal goal = Goal.untargeted(f.predict(x));
      assertHolds(attack, f, x, goal);
      if (Members.isTargetable(attack)) {
        int[] targets = Arrays.stream(goal.labels()).map(k -> (k + 1) % K).toArray();
        assertHolds(attack, f, x, Goal.targeted(goal.labels(), targets));
      }
    }
  }

  private static void assertHolds(MinimalAttack attack, Classifier f, Tensor x, Goal goal) {
    Found found = run(attack, f, x, goal);
    f.bounds().check(found.x());
    assertArrayEquals(found.success(), goal.reached(f.predict(found.x())));
    int[] survivors = found.survivors();
    assertEquals(x.rows(survivors), found.x().rows(survivors));
    assertTrue(found.cost().gradients() > 0);
  }

  /** With labels as the model sees them each attack finds something, but for a rare exception. */
  @ParameterizedTest
  @MethodSource("members")
  void nearlyAllExamplesFall(MinimalAttack attack) {
    Classifier f = net(FIXED).with(new Bounds(-2, 2));
    Tensor x = inputs(f.bounds(), FIXED);
    double rate = run(attack, f, x, Goal.untargeted(f.predict(x))).rate();
    assertTrue(rate >= (attack instanceof Jsma ? 0.6 : 0.9), attack + ": " + rate);
  }

  @ParameterizedTest
  @MethodSource("members")
  void whatReachesTheGoalAlreadyComesBackAsItIs(MinimalAttack attack) {
    Classifier f = net(FIXED);
    Tensor x = inputs(Bounds.UNIT, FIXED);
    int[] labels = f.predict(x);
    labels[0] = (labels[0] + 1) % K;
    labels[7] = (labels[7] + 1) % K;
    Found found = run(attack, f, x, Goal.untargeted(labels));
    for (int i : new int[] {0, 7}) {
      assertTrue(found.success()[i]);
      assertEquals(x.slice(i, i + 1), found.x().slice(i, i + 1));
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void aModelOfNaNsIsRefused(MinimalAttack attack) {
    Classifier f = Classifier.of(x -> net(FIXED).logits(x).mul(Float.NaN), Bounds.UNIT);
    Tensor x = inputs(Bounds.UNIT, FIXED);
    Goal goal = Goal.untargeted(new int[N]);
    AttackException e = assertThrows(AttackException.class, () -> run(attack, f, x, goal));
    assertTrue(e.getMessage().contains("NaN"), e.getMessage());
  }

  /** √0 has the slope ∞, and 0 · ∞ is what becomes of it. */
  @ParameterizedTest
  @MethodSource("members")
  void aGradientOfNaNsIsRefused(MinimalAttack attack) {
    Model net = net(FIXED);
    Classifier f = Classifier.of(x -> net.logits(x).add(x.mul(0).sqrt().sumAxes(1)), Bounds.UNIT);
    Tensor x = inputs(Bounds.UNIT, FIXED);
    Goal goal = Goal.untargeted(f.predict(x));
    AttackException e = assertThrows(AttackException.class, () -> run(attack, f, x, goal));
    assertTrue(e.getMessage().contains("NaN"), e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("members")
  void theNumberOfThreadsChangesNoBit(MinimalAttack attack) {
    Classifier f = net(FIXED);
    Tensor x = inputs(Bounds.UNIT, FIXED);
    Goal goal = Goal.untargeted(f.predict(x));
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Tensor serial = run(attack, f, x, goal).x();
      for (int threads : new int[] {2, 5}) {
        Parallel.threads(threads);
        assertEquals(serial, run(attack, f, x, goal).x(), threads + " threads");
      }
    } finally {
      Parallel.threads(before);
    }
  }

  /** Kernels may add in another order for another number of rows: that is rounding. */
  @ParameterizedTest
  @MethodSource("members")
  void theBatchChangesNothingButRounding(MinimalAttack attack) {
    Classifier f = net(FIXED);
    Tensor x = inputs(Bounds.UNIT, FIXED);
    Goal goal = Goal.untargeted(f.predict(x));
    Seeds seeds = Seeds.of(3, N);
    Found whole = attack.run(f, x, goal, seeds);
    double[] expected = Ball.distances(attack.norm(), whole.x(), x);
    for (int size : new int[] {1, 5}) {
      for (int from = 0; from < N; from += size) {
        int[] rows = IntStream.range(from, Math.min(N, from + size)).toArray();
        Found part = attack.run(f, x.rows(rows), goal.rows(rows), seeds.rows(rows));
        double[] actual = Ball.distances(attack.norm(), part.x(), x.rows(rows));
        for (int r = 0; r < rows.length; r++) {
          assertEquals(whole.success()[rows[r]], part.success()[r]);
          double rounding = attack instanceof Lbfgs ? VALLEYS : 1e-3;
          assertEquals(
              expected[rows[r]], actual[r], rounding * expected[rows[r]], attack.toString());
        }
      }
    }
  }

  /** A box of another place and width, and a model that undoes it: distances grow by the width. */
  @ParameterizedTest
  @MethodSource("members")
  void theUnitOfTheInputsDoesNotMatter(MinimalAttack attack) {
    if (attack instanceof MinimalEpsilon) {
      return; // its ball is in input units, as a ball is
    }
    Model unit = net(FIXED);
    Classifier grey =
        Classifier.of(x -> unit.logits(x.add(128).mul(1 / 256f)), new Bounds(-128, 128));
    Tensor x = inputs(Bounds.UNIT, FIXED);
    Tensor wide = x.mul(256).sub(128);
    Goal goal = Goal.untargeted(unit.predict(x));
    double[] small = Ball.distances(attack.norm(), run(attack, unit, x, goal).x(), x);
    double[] large = Ball.distances(attack.norm(), run(attack, grey, wide, goal).x(), wide);
    double factor = attack.norm() == Norm.L0 ? 1 : 256;
    double rounding = attack instanceof Lbfgs ? VALLEYS : 0.02;
    for (int i = 0; i < N; i++) {
      assertEquals(small[i], large[i] / factor, rounding * small[i], attack.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("members")
  void nothingToAttackIsNoProblem(MinimalAttack attack) {
    Tensor none = Tensor.zeros(Shape.of(0, D));
    Found found = attack.run(net(FIXED), none, Goal.untargeted(), Seeds.of(0, 0));
    assertEquals(0, found.success().length);
  }
}
