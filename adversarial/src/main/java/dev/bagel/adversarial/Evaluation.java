package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Measures how a classifier stands up to an attack, without trusting the attack: success is
 * computed from a fresh forward pass on the clipped result, and a result outside the ball is an
 * error.
 *
 * <p>An example that is misclassified to begin with counts as fooled at distance 0, and is not
 * attacked.
 */
public final class Evaluation {
  private static final double TOLERANCE = 1e-5; // of the radius
  private static final float ROUNDING = 1e-7f; // of every element, relative to the largest

  private Evaluation() {}

  /**
   * What came out for a batch.
   *
   * @param attack the attack as it prints
   * @param labels the right classes
   * @param clean what the model says of the inputs
   * @param predicted what it says of the perturbed ones
   * @param success where the goal was reached
   * @param distance ‖x' − x‖ in the attack's norm; 0 where nothing had to be done
   * @param x the perturbed inputs
   * @param seconds how long the attack took
   * @param cost what it asked of the model
   */
  public record Outcome(
      String attack,
      Ball ball,
      int[] labels,
      int[] clean,
      int[] predicted,
      boolean[] success,
      double[] distance,
      Tensor x,
      double seconds,
      Cost cost) {
    /** The share of unperturbed inputs that are classified correctly. */
    public double cleanAccuracy() {
      return share(i -> clean[i] == labels[i]);
    }

    /** The share of inputs that are classified correctly, unperturbed and perturbed. */
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
   * Attacks a batch and looks at the result.
   *
   * @throws IllegalArgumentException if an input is outside the model's bounds, or the numbers of
   *     inputs, goals and seeds differ
   * @throws AttackException if the attack breaks down or leaves its ball
   */
  public static Outcome of(
      Classifier f, Batch batch, BallAttack attack, Goal goal, Seeds seeds, Progress progress) {
    Tensor x0 = batch.x();
    if (goal.labels().length != batch.size() || seeds.size() != batch.size()) {
      throw new IllegalArgumentException(
          batch.size()
              + " inputs, "
              + goal.labels().length
              + " goals and "
              + seeds.size()
              + " seeds");
    }
    f.bounds().check(x0);
    int[] clean = Decision.of(f, x0);
    boolean[] already = goal.reached(clean);
    int[] todo = IntStream.range(0, clean.length).filter(i -> !already[i]).toArray();
    long start = System.nanoTime();
    Tensor x = x0;
    Cost cost = Cost.NONE;
    if (todo.length > 0) {
      Found found = attack.run(f, x0.rows(todo), goal.rows(todo), seeds.rows(todo), progress);
      x = x0.withRows(todo, f.bounds().clip(found.x()));
      cost = found.cost();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] distance = Ball.distances(attack.ball().norm(), x, x0);
    check(attack, distance, x);
    int[] predicted = Decision.of(f, x);
    return new Outcome(
        attack.toString(),
        attack.ball(),
        batch.labels(),
        clean,
        predicted,
        goal.reached(predicted),
        distance,
        x,
        seconds,
        cost);
  }

  private static void check(BallAttack attack, double[] distance, Tensor x) {
    double allowed = attack.ball().epsilon() * (1 + TOLERANCE) + rounding(attack.ball().norm(), x);
    double most = Arrays.stream(distance).max().orElse(0);
    if (!(most <= allowed)) { // NaN is outside, too
      throw new AttackException(
          attack + " went to distance " + most + ": outside its ball, which is a bug in it");
    }
  }

  /** How far storing every element as a float can carry an example. */
  private static double rounding(Norm norm, Tensor x) {
    if (norm == Norm.L0 || x.size() == 0) {
      return 0; // an element changes or does not
    }
    float[] error = new float[x.size() / x.shape().dim(0)];
    Arrays.fill(error, ROUNDING * Math.max(1, x.abs().maxTo(Shape.of()).item()));
    return norm.length(error);
  }
}
