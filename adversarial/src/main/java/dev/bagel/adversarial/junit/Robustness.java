package dev.bagel.adversarial.junit;

import static java.util.Comparator.comparingDouble;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.StepSize;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What is claimed of a model, up to the verb that checks it: {@link #atLeast}, {@link #everywhere}
 * or {@link #atMost}. Immutable: a claim can be kept and checked against several attacks.
 *
 * @param model what the claim is about
 * @param batch the examples
 * @param ball how far an attack may go
 * @param attack which one, in a ball
 * @param goal what it wants; null for any wrong class
 * @param seed of everything random
 * @param limit how long it may take
 * @param images the folder for pictures of failures; null for the default
 */
public record Robustness(
    Classifier model,
    Batch batch,
    Ball ball,
    Function<Ball, ? extends BallAttack> attack,
    Goal goal,
    long seed,
    Limit limit,
    Path images) {
  /** Begins a claim about a model. */
  public static Robustness assertRobust(Classifier model) {
    return new Robustness(model, null, null, null, null, 0, Limit.NONE, null);
  }

  /** PGD of so many steps of 2.5 ε / steps from a random start, which leaves alone what fell. */
  public static Function<Ball, Pgd> pgd(int steps) {
    return ball -> Pgd.in(ball).steps(steps).stepSize(StepSize.Reach.ample()).untilSuccess(true);
  }

  /** One step of length ε. */
  public static Function<Ball, Pgd> fgsm() {
    return Pgd::fgsm;
  }

  /** On all examples of a data set. */
  public Robustness on(Dataset data) {
    return on(data.all());
  }

  /** On the first examples of a data set. */
  public Robustness on(Dataset data, int first) {
    return on(data.slice(0, Math.min(first, data.size())));
  }

  public Robustness on(Batch batch) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, images);
  }

  public Robustness within(Ball ball) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, images);
  }

  /** An attack that is told the ball, as {@link #pgd} or {@code Pgd::in}. */
  public Robustness against(Function<Ball, ? extends BallAttack> attack) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, images);
  }

  /** An attack in a ball of its own, or in that of {@link #within} if there is one. */
  public Robustness against(BallAttack attack) {
    Ball its = ball == null ? attack.ball() : ball;
    if (its.norm() != attack.ball().norm()) {
      throw new IllegalArgumentException(
          attack + " within " + its + ": its norm is another one; take an attack of that norm");
    }
    return within(its).against(b -> attack.within(b.epsilon()));
  }

  /** What the attack wants; any wrong class if this is not called. */
  public Robustness goal(Goal goal) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, images);
  }

  public Robustness seed(long seed) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, images);
  }

  /** A time after which the test fails, because it has shown nothing. */
  public Robustness limit(Duration time) {
    return new Robustness(model, batch, ball, attack, goal, seed, Limit.of(time), images);
  }

  /** The folder for pictures of failures; else {@code target/robustness}, or a temporary one. */
  public Robustness images(Path folder) {
    return new Robustness(model, batch, ball, attack, goal, seed, limit, folder);
  }

  /**
   * Attacks, and fails if the share of examples that stand is smaller.
   *
   * @return what came out, for further claims
   * @throws AssertionError with the numbers and the worst example
   */
  public Outcome atLeast(double share) {
    checkShare(share);
    Outcome o = outcome();
    if (o.robustAccuracy() < share) {
      throw new AssertionError(message(o, "at least " + share, worst(o)));
    }
    checkDone(o);
    return o;
  }

  /** {@link #atLeast} of all examples: nothing falls, and nothing is wrong to begin with. */
  public Outcome everywhere() {
    return atLeast(1);
  }

  /**
   * Attacks, and fails if the share of examples that stand is larger: the test of an attack on a
   * model that is known to be weak.
   *
   * @throws AssertionError with the numbers
   */
  public Outcome atMost(double share) {
    checkShare(share);
    Outcome o = outcome();
    if (o.robustAccuracy() > share) {
      checkDone(o);
      throw new AssertionError(message(o, "at most " + share, ""));
    }
    return o;
  }

  /** What stands because there was no time for it says nothing. */
  private void checkDone(Outcome o) {
    long left = IntStream.range(0, batch.size()).filter(i -> !o.attacked()[i]).count();
    if (left > 0) {
      throw new AssertionError(
          "no answer within the limit: %d of %d examples stand that the attack was not done with;"
                  .formatted(left, batch.size())
              + " give it more time, or fewer examples");
    }
  }

  private static void checkShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(share + " of the examples: a share from 0 to 1");
    }
  }

  private Goal wanted() {
    return goal == null ? Goal.untargeted(batch.labels()) : goal;
  }

  private Outcome outcome() {
    require(batch, "on(data)");
    require(ball, "within(linf(0.1)), say");
    require(attack, "against(pgd(40)), say");
    Attack made = attack.apply(ball);
    return Evaluation.of(model, batch).goal(wanted()).seed(seed).limit(limit).against(made);
  }

  private static void require(Object part, String how) {
    if (part == null) {
      throw new IllegalStateException("an unfinished claim: add " + how);
    }
  }

  private String message(Outcome o, String expected, String worst) {
    int n = batch.size();
    return String.format(
            Locale.ROOT,
            "robust accuracy %.4f (%d of %d), expected %s%n"
                + "  clean    %.4f (%d)%n"
                + "  attack   %s, %s%n"
                + "  seed     %d%n"
                + "  asked    %d gradients, %d forwards in %.1f s",
            o.robustAccuracy(),
            Math.round(o.robustAccuracy() * n),
            n,
            expected,
            o.cleanAccuracy(),
            Math.round(o.cleanAccuracy() * n),
            o.attack(),
            wanted(),
            seed,
            o.cost().gradients(),
            o.cost().forwards(),
            o.seconds())
        + worst;
  }

  private double sureness(Outcome o, int i) {
    return WorstExample.probability(model.scores(o.x().rows(i)), o.predicted()[i]);
  }

  /**
   * The example that is taken for something else most surely, or where a rule decides, that fell
   * nearest to where it was: described and drawn.
   */
  private String worst(Outcome o) {
    int[] fallen =
        IntStream.range(0, batch.size())
            .filter(i -> o.clean()[i] == o.labels()[i] && o.predicted()[i] != o.labels()[i])
            .toArray();
    if (fallen.length == 0) {
      return System.lineSeparator() + "  worst    none fell: the model is wrong without any attack";
    }
    ToDoubleFunction<Integer> mild =
        wanted() instanceof Goal.Custom ? i -> o.distance()[i] : i -> -sureness(o, i);
    int worst = Arrays.stream(fallen).boxed().min(comparingDouble(mild)).orElseThrow();
    String what =
        wanted() instanceof Goal.Custom
            ? wanted().toString()
            : String.format(
                Locale.ROOT,
                "class %d, taken for %d with probability %.4f",
                o.labels()[worst],
                o.predicted()[worst],
                sureness(o, worst));
    return new WorstExample(worst, what, o, batch.x().rows(worst), model.bounds()).describe(images);
  }
}
