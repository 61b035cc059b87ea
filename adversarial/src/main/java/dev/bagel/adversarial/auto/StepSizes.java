package dev.bagel.adversarial.auto;

import dev.bagel.adversarial.Norm;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * The step size of every example in {@link Apgd}, and the checkpoints at which it changes.
 *
 * <p>In ℓ∞ and ℓ2: Croce and Hein 2020, §3.1. It begins with 2ε. At a checkpoint it is halved if no
 * more than ρ of the steps since the last one went up (condition 1), or if it stayed at the last
 * one and the best value has not improved since (condition 2). The periods are 22 % of all steps,
 * then each 3 % shorter, and never shorter than 6 %.
 *
 * <p>In ℓ1: Croce and Hein 2021, §3.2. It begins with ε, and with steps along a fifth of the
 * elements. Every 4 % of the steps the elements become those of the best perturbation, over 1.5;
 * where that is 5 % fewer than at the last checkpoint the step size is ε again, elsewhere it is
 * divided by 1.5, down to ε/10.
 */
final class StepSizes {
  private static final double SPARSER = 1.5;
  private static final double SMALLEST = 10;

  private final boolean sparse;
  private final double rho;
  private final int width;
  private final double[] alpha;
  private final int[] ups; // steps since the last checkpoint that went up
  private final boolean[] fell; // whether the last checkpoint halved it
  private final float[] lastBest;
  private final double[] share; // of the elements that a step moves
  private final int[] lastCount; // elements of the best perturbation at the last checkpoint
  private double largest;
  private int steps;
  private int period;
  private int since;

  StepSizes(Norm norm, double rho, int n, int width) {
    sparse = norm == Norm.L1;
    this.rho = rho;
    this.width = width;
    alpha = new double[n];
    ups = new int[n];
    fell = new boolean[n];
    lastBest = new float[n];
    share = new double[n];
    lastCount = new int[n];
  }

  /**
   * Begins a climb.
   *
   * @param counts how many elements the perturbations have that it begins with; null if at random
   */
  void begin(int steps, double epsilon, int[] counts) {
    this.steps = steps;
    largest = sparse ? epsilon : 2 * epsilon;
    period = percent(sparse ? 4 : 22);
    since = 0;
    Arrays.fill(alpha, largest);
    Arrays.fill(ups, 0);
    Arrays.fill(fell, true); // condition 2 needs a checkpoint to compare with
    Arrays.fill(lastBest, Float.POSITIVE_INFINITY);
    for (int i = 0; i < share.length; i++) {
      share[i] = counts == null ? 0.2 : counts[i] / SPARSER / width;
      lastCount[i] = counts == null ? width : counts[i];
    }
  }

  private int percent(int of) {
    return Math.max(1, of * steps / 100);
  }

  /** A step of example i went up or not. */
  void saw(int i, boolean up) {
    ups[i] += up ? 1 : 0;
  }

  /** To be asked once after every step. */
  boolean isCheckpoint() {
    return ++since == period;
  }

  /** At a checkpoint, whether example i has to go on from its best point. */
  boolean check(int i, float best, int count) {
    return sparse ? checkCount(i, count) : checkProgress(i, best);
  }

  private boolean checkProgress(int i, float best) {
    boolean halve = ups[i] <= rho * period || (!fell[i] && lastBest[i] >= best);
    if (halve) {
      alpha[i] /= 2;
    }
    fell[i] = halve;
    lastBest[i] = best;
    return halve;
  }

  private boolean checkCount(int i, int count) {
    boolean fewer = count < 0.95 * lastCount[i];
    alpha[i] = fewer ? largest : Math.max(largest / SMALLEST, alpha[i] / SPARSER);
    share[i] = count / SPARSER / width;
    lastCount[i] = count;
    return fewer;
  }

  /** Ends the checkpoint. */
  void next() {
    since = 0;
    Arrays.fill(ups, 0);
    period = sparse ? period : Math.max(period - percent(3), percent(6));
  }

  /** [N, 1]. */
  Tensor of(int... rows) {
    float[] sizes = new float[rows.length];
    for (int r = 0; r < sizes.length; r++) {
      sizes[r] = (float) alpha[rows[r]];
    }
    return Tensor.wrap(Shape.of(sizes.length, 1), sizes);
  }

  /** How many elements a step moves, [N, 1]. */
  Tensor k(int... rows) {
    float[] k = new float[rows.length];
    for (int r = 0; r < k.length; r++) {
      k[r] = Math.max(1, (int) (share[rows[r]] * width)); // rounded up, it would never be 1
    }
    return Tensor.wrap(Shape.of(k.length, 1), k);
  }
}
