package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Measures how a classifier stands up to an attack, without trusting the attack: success is
 * computed from a fresh forward pass on the clipped result, and a result outside the ball is an
 * error.
 *
 * <pre>{@code
 * Sweep sweep = Evaluation.of(model, batch).limit(Limit.of(Duration.ofMinutes(5)))
 *     .against(Pgd.in(Ball.linf(1)), 2 / 255., 4 / 255., 8 / 255.);
 * }</pre>
 *
 * <p>An example that is misclassified to begin with counts as fooled at distance 0, and is not
 * attacked.
 *
 * @param f what is attacked
 * @param batch where
 * @param goal what the attack wants
 * @param seeds the randomness of each example
 * @param progress hears how many examples are done
 * @param limit how long it may take
 */
public record Evaluation(
    Classifier f, Batch batch, Goal goal, Seeds seeds, Progress progress, Limit limit) {
  /**
   * Checks that everything fits together.
   *
   * @throws IllegalArgumentException if an input is outside the model's bounds, or the numbers of
   *     inputs, goals and seeds differ
   */
  public Evaluation {
    if (goal.size() != batch.size() || seeds.size() != batch.size()) {
      throw new IllegalArgumentException(
          batch.size() + " inputs, " + goal.size() + " goals and " + seeds.size() + " seeds");
    }
    f.bounds().check(batch.x());
  }

  /** Of untargeted attacks with seed 0, without any limit. */
  public static Evaluation of(Classifier f, Batch batch) {
    Goal goal = Goal.untargeted(batch.labels());
    return new Evaluation(f, batch, goal, Seeds.of(0, batch.size()), Progress.NONE, Limit.NONE);
  }

  /** The same in one call. */
  public static Outcome of(
      Classifier f, Batch batch, Attack attack, Goal goal, Seeds seeds, Progress progress) {
    return new Evaluation(f, batch, goal, seeds, progress, Limit.NONE).against(attack);
  }

  public Evaluation goal(Goal goal) {
    return new Evaluation(f, batch, goal, seeds, progress, limit);
  }

  public Evaluation seeds(Seeds seeds) {
    return new Evaluation(f, batch, goal, seeds, progress, limit);
  }

  /** Streams of this seed for examples 0 … N−1. */
  public Evaluation seed(long seed) {
    return seeds(Seeds.of(seed, batch.size()));
  }

  public Evaluation progress(Progress progress) {
    return new Evaluation(f, batch, goal, seeds, progress, limit);
  }

  public Evaluation limit(Limit limit) {
    return new Evaluation(f, batch, goal, seeds, progress, limit);
  }

  /**
   * What came out for a batch.
   *
   * @param attack the attack as it prints
   * @param ball where it looked; null if it is not confined to one
   * @param labels the right classes
   * @param clean what the model says of the inputs; where a rule of one's own decides, 0 is right,
   *     as all labels then are, and 1 is what the rule wants
   * @param predicted what it says of the perturbed ones
   * @param success where the goal was reached
   * @param attacked where the attack came to its end, by success or by itself, or had nothing to
   *     do: everywhere, unless a limit ended it; what it had found there by then is in {@code x}
   *     all the same
   * @param distance ‖x' − x‖ in the attack's norm; 0 where nothing had to be done
   * @param raw what the attack returned
   * @param x the perturbed inputs: {@code raw}, clipped to the bounds, and to the ball if it is the
   *     attack's way to look beyond it
   * @param seconds how long the attack took
   * @param cost what it asked of the model
   * @param ending whether that is all
   */
  public record Outcome(
      String attack,
      Ball ball,
      int[] labels,
      int[] clean,
      int[] predicted,
      boolean[] success,
      boolean[] attacked,
      double[] distance,
      Tensor raw,
      Tensor x,
      double seconds,
      Cost cost,
      Limit.Ending ending) {
    /** The share of unperturbed inputs that are classified correctly. */
    public double cleanAccuracy() {
      return share(i -> clean[i] == labels[i]);
    }

    /**
     * The share of inputs that are classified correctly, unperturbed and perturbed. Inputs that an
     * evaluation which ended early did not attack are among them.
     */
    public double robustAccuracy() {
      return share(i -> clean[i] == labels[i] && predicted[i] == labels[i]);
    }

    /** The share of inputs for which the attack's goal was reached. */
    public double successRate() {
      return share(i -> success[i]);
    }

    private double share(IntPredicate p) {
      return labels.length == 0
          ? 0
          : (double) IntStream.range(0, labels.length).filter(p).count() / labels.length;
    }
  }

  /**
   * Attacks the batch and looks at the result.
   *
   * @throws AttackException if the attack breaks down or leaves its ball
   */
  public Outcome against(Attack attack) {
    Judge judge = new Judge(this);
    boolean[] todo = judge.unreached();
    long start = System.nanoTime();
    Judge.Run run = judge.run(attack, todo, batch.x(), progress);
    double seconds = (System.nanoTime() - start) / 1e9;
    Ball ball = attack instanceof BallAttack b ? b.ball() : null;
    return judge.outcome(attack, ball, run, run.found().x(), seconds);
  }

  /**
   * Attacks the batch once for every radius, from the smallest on; an example that fell at a
   * smaller radius counts as fallen and is left alone. An attack in a ball is run in each of them.
   * A minimal attack is run once, and what it finds is then brought into each ball.
   *
   * @param epsilons radii in any order
   * @throws AttackException if the attack breaks down or leaves its ball, or does not know radii
   */
  public Sweep against(Attack attack, double... epsilons) {
    return new Sweep(new Judge(this).sweep(attack, epsilons));
  }

  static void check(Attack attack, Ball ball, double[] distance, Tensor x) {
    double most = Arrays.stream(distance).max().orElse(0);
    if (!(most <= ball.allowed(x))) { // NaN is outside, too
      throw new AttackException(
          attack + " went to distance " + most + ": outside its ball, which is a bug in it");
    }
  }
}
