package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/** Tells of a point what the model's scores say of it: what a score-based attack may know. */
public final class Scores implements Oracle {
  private final Ledger ledger;
  private final int[] rows;

  private Scores(Ledger ledger, int... rows) {
    this.ledger = ledger;
    this.rows = rows;
  }

  /**
   * What was told of some points.
   *
   * @param values a surrogate of the scores, larger being nearer to the goal; −∞ of a point that
   *     was not asked about, as its example's queries were spent, [M]
   * @param reached whether the goal is reached, [M]
   */
  public record Told(double[] values, boolean[] reached) {}

  /**
   * Scores of a model for a batch of examples.
   *
   * @param queries how many questions may be asked for each example, at least 1
   */
  public static Scores of(Classifier f, Goal goal, long queries) {
    return new Scores(new Ledger(f, goal, queries), Ledger.all(goal.size()));
  }

  /** The same for some of the examples, which are numbered anew; their accounts stay. */
  public Scores rows(int... which) {
    return new Scores(ledger, Ledger.pick(rows, which));
  }

  /**
   * What the scores say of these points.
   *
   * @param surrogate what is read off the scores, [M, K] → [M]
   * @param points [M, …]
   * @param whose the example on whose account each is asked, and whose goal is meant, [M]
   * @throws dev.bagel.adversarial.AttackException if a score is NaN
   */
  public Told at(Surrogate surrogate, Tensor points, int... whose) {
    int[] accounts = Ledger.pick(rows, whose);
    int[] paid = ledger.paid(accounts);
    Tensor z = ledger.scores(paid.length == whose.length ? points : points.rows(paid));
    Goal goal = ledger.goal(Ledger.pick(accounts, paid));
    boolean[] yes = goal.reached(z);
    Tensor u = paid.length == 0 ? z : surrogate.of(z, goal);
    double[] values = new double[whose.length];
    boolean[] reached = new boolean[whose.length];
    Arrays.fill(values, Double.NEGATIVE_INFINITY);
    for (int k = 0; k < paid.length; k++) {
      values[paid[k]] = u.get(k);
      reached[paid[k]] = yes[k];
    }
    return new Told(values, reached);
  }

  @Override
  public Bounds bounds() {
    return ledger.model().bounds();
  }

  @Override
  public long asked(int example) {
    return ledger.asked(rows[example]);
  }

  @Override
  public long left(int example) {
    return ledger.left(rows[example]);
  }

  Ledger ledger() {
    return ledger;
  }
}
