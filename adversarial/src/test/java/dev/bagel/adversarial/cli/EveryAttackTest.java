package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Rule;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Plans;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every attack that has a name keeps to. */
class EveryAttackTest {
  private static final int N = 6;
  private static final Shape IMAGE = Shape.of(1, 6, 6);
  private static final Model NET =
      Model.init(Layer.sequential(Layer.flatten(), Layer.dense(36, 4)), IMAGE, Rng.of(3));
  private static final Tensor X = Tensor.uniform(Shape.of(N).concat(IMAGE), 0.3f, 0.7f, Rng.of(4));
  private static final Plans PLANS = new Plans();
  private static final Batch BATCH = new Batch(X, NET.predict(X));

  /**
   * Counts what it is asked, and wants no more after so many questions. It is very sure of what it
   * says, so that the first constant of a penalty is enough.
   */
  private static final class Asked implements Classifier, BooleanSupplier {
    private final int most;
    private int asked;
    private int askedAtTheEnd;

    Asked(int most) {
      this.most = most;
    }

    @Override
    public boolean getAsBoolean() {
      askedAtTheEnd = asked;
      return asked > most;
    }

    @Override
    public Var logits(Var x) {
      return NET.logits(x).mul(1e4f);
    }

    @Override
    public Bounds bounds() {
      return NET.bounds();
    }

    @Override
    public Plans plans() {
      asked++;
      return PLANS;
    }
  }

  static Stream<AttackEntry> attacks() {
    return Registry.ALL.stream();
  }

  private static double radius(Norm norm) {
    return switch (norm) {
      case LINF -> 0.3;
      case L2 -> 1.5;
      case L1 -> 8;
      case L0 -> 10;
    };
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void everyAttackEndsAtItsLimitWithTheBestThatItHas(AttackEntry entry) {
    Norm norm = entry.norms().isEmpty() ? null : entry.norms().get(0);
    Attack attack = entry.make(norm, norm == null ? 0 : radius(norm));
    double before = 0;
    for (int cut : new int[] {0, 1, 12, 120, 1200}) {
      Asked f = new Asked(cut);
      Outcome o = Evaluation.of(f, BATCH).limit(Limit.until(f)).against(attack);
      boolean over = o.ending() == Limit.Ending.CANCELLED;
      assertEquals(over, f.asked > cut + 1, "the last look is after the end");
      assertTrue(f.asked - f.askedAtTheEnd <= 4, entry.name() + " goes on: " + f.asked);
      assertTrue(o.successRate() >= before, entry.name() + " loses what it had after " + cut);
      before = o.successRate();
    }
    assertTrue(before > 0, entry.name() + " finds nothing: the test says little");
  }

  /** What needs no class: it asks for decisions, or compares scores with those of the input. */
  private static boolean needsNoClass(AttackEntry entry) {
    return switch (entry.name()) {
      case "pgd-kl", "vat" -> true;
      case "spatial" -> false; // climbs the cross-entropy unless it is told otherwise
      default -> entry.knowledge() == Knowledge.DECISIONS || entry.knowledge() == Knowledge.NOTHING;
    };
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aGoalWithoutClassesIsReachedOrRefused(AttackEntry entry) {
    Norm norm = entry.norms().isEmpty() ? null : entry.norms().get(0);
    Attack attack = entry.make(norm, norm == null ? 0 : radius(norm));
    Goal goal = Goal.custom(Rule.offBy(0.1), NET.scores(X));
    Seeds seeds = Seeds.of(1, N);
    if (needsNoClass(entry)) {
      Found found = attack.run(NET, X, goal, seeds);
      assertArrayEquals(goal.reached(NET.scores(found.x())), found.success());
      assertTrue(found.rate() > 0, entry.name());
    } else {
      AttackException e =
          assertThrows(AttackException.class, () -> attack.run(NET, X, goal, seeds));
      assertTrue(e.getMessage().contains("has no classes"), e.getMessage());
    }
  }
}
