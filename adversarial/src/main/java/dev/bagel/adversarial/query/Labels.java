package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Goal;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;

/** Tells of a point whether it reaches the goal, and no more: what a hard-label attack may know. */
public final class Labels implements Oracle {
  private final Ledger ledger;
  private final int[] rows;

  private Labels(Ledger ledger, int... rows) {
    this.ledger = ledger;
    this.rows = rows;
  }

  /**
   * Decisions of a model on a batch of examples.
   *
   * @param queries how many questions may be asked for each example, at least 1
   */
  public static Labels of(Classifier f, Goal goal, long queries) {
    return new Labels(new Ledger(f, goal, queries), Ledger.all(goal.size()));
  }

  /** The same for some of the examples, which are numbered anew; their accounts stay. */
  public Labels rows(int... which) {
    return new Labels(ledger, Ledger.pick(rows, which));
  }

  /**
   * For which points the goal is reached. A question that is not paid for is answered with no.
   *
   * @param points [M, …]
   * @param whose the example on whose account each is asked, and whose goal is meant, [M]
   * @throws dev.bagel.adversarial.AttackException if a score is NaN
   */
  public boolean[] reached(Tensor points, int... whose) {
    int[] accounts = Ledger.pick(rows, whose);
    int[] paid = ledger.paid(accounts);
    Tensor scores = ledger.scores(paid.length == whose.length ? points : points.rows(paid));
    boolean[] yes = ledger.goal(Ledger.pick(accounts, paid)).reached(scores);
    boolean[] reached = new boolean[whose.length];
    for (int k = 0; k < paid.length; k++) {
      reached[paid[k]] = yes[k];
    }
    return reached;
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
