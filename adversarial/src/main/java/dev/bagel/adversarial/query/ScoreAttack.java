package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.stream.IntStream;

/** An attack that learns of a point what the model's scores say of it, and no gradient. */
public sealed interface ScoreAttack extends Attack permits GenAttack, OnePixel, SimBa, ZerothOrder {
  /** How often it may ask the model about one example at most, the input itself included. */
  long queries();

  /** What it reads off the scores. */
  Surrogate surrogate();

  /**
   * Attacks examples that do not reach the goal by themselves. The cost of the result is none: the
   * oracle keeps count.
   *
   * @param x valid inputs, [N, …]
   * @param values the surrogate at the inputs, [N]
   */
  Found search(Scores scores, Tensor x, double[] values, Seeds seeds);

  /** Asks about the inputs, and searches for those that are not what is wanted already. */
  @Override
  default Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Scores scores = Scores.of(f, goal, queries());
    Scores.Told told = scores.at(surrogate(), x, Ledger.all(seeds.size()));
    boolean[] success = told.reached();
    int[] todo = IntStream.range(0, success.length).filter(i -> !success[i]).toArray();
    if (todo.length == 0) {
      return new Found(x, success, scores.ledger().cost());
    }
    double[] values = IntStream.of(todo).mapToDouble(i -> told.values()[i]).toArray();
    Found found = search(scores.rows(todo), x.rows(todo), values, seeds.rows(todo));
    for (int k = 0; k < todo.length; k++) {
      success[todo[k]] = found.success()[k];
    }
    return new Found(x.withRows(todo, found.x()), success, scores.ledger().cost());
  }
}
