package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Rule;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Custom;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern SAID =
      Pattern.compile("(?:some )?([0-9]+) (gradient|forward|passe)s?(?:,.*)?");
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

  /** Counts the inputs that go through it, forwards and backwards, in plans too. */
  private static final class Counted implements Classifier {
    private static final int K = 10;
    private static final Model BENT =
        Model.init(
            Layer.sequential(Layer.flatten(), Layer.dense(36, 8), Layer.relu(), Layer.dense(8, K)),
            IMAGE,
            Rng.of(5));
    private final Var ahead;
    private final Plans plans = new Plans();
    private final AtomicLong forwards = new AtomicLong();
    private final AtomicLong backwards = new AtomicLong();

    /** By how much the first class is ahead of what the net says. */
    Counted(float lead) {
      float[] row = new float[K];
      row[0] = lead;
      ahead = Var.constant(Tensor.of(Shape.of(1, K), row));
    }

    /** Equal to itself only: a plan merges what is equal. */
    private static Custom counting(AtomicLong rows, Custom.Rule rule) {
      Custom.Forward forward =
          new Custom.Forward() {
            @Override
            public Tensor of(List<Tensor> x) {
              rows.addAndGet(x.get(0).shape().dim(0));
              return x.get(0);
            }
          };
      return new Custom("count", shapes -> shapes.get(0), forward, rule);
    }

    @Override
    public Var logits(Var x) {
      Custom back = counting(backwards, (i, g, args, y) -> null);
      Custom there = counting(forwards, (i, g, args, y) -> back.of(g));
      return BENT.logits(there.of(x)).mul(1e4f).add(ahead);
    }

    @Override
    public Bounds bounds() {
      return BENT.bounds();
    }

    @Override
    public Plans plans() {
      return plans;
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

  /** On an input that falls, and on one that never does. */
  @ParameterizedTest
  @MethodSource("attacks")
  void everyAttackCostsWhatItSays(AttackEntry entry) {
    Norm norm = entry.norms().isEmpty() ? null : entry.norms().get(0);
    Attack attack = entry.make(norm, norm == null ? 0 : radius(norm));
    for (float lead : new float[] {0, 1e6f}) {
      Counted f = new Counted(lead);
      Goal goal = Goal.untargeted(f.predict(X.rows(0)));
      f.forwards.set(0);
      Cost cost = attack.run(f, X.rows(0), goal, Seeds.of(1, 1)).cost();
      assertFilledUp(cost.gradients(), f.backwards.get(), "gradients of " + attack);
      assertFilledUp(cost.gradients() + cost.forwards(), f.forwards.get(), "passes of " + attack);
      Matcher said = SAID.matcher(entry.queries());
      if (said.matches()) {
        long most = Long.parseLong(said.group(1));
        long asked = cost.forwards() * (said.group(2).equals("gradient") ? 0 : 1);
        asked += cost.gradients() * (said.group(2).equals("forward") ? 0 : 1);
        assertTrue(asked <= 1.02 * most + 1, entry.name() + ": " + cost);
      }
    }
  }

  /** A batch may have been filled up by a third. */
  private static void assertFilledUp(long said, long counted, String what) {
    assertTrue(said <= counted && 3 * counted <= 4 * said, what + ": " + said + " of " + counted);
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
