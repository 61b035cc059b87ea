package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * An attack that learns of a point only whether it reaches the goal.
 *
 * <p>Such an attack is also what a larger one starts from: its finds are starting points, paid from
 * the same account. An example for which none is found is left as it was, and no other suffers. For
 * a target, noise is a poor start: take a {@link DatasetAttack} or {@link GivenPoints}.
 */
public sealed interface DecisionAttack extends Attack
    permits AdditiveNoise,
        Binarization,
        BoundaryAttack,
        ContrastReduction,
        DatasetAttack,
        Degrade,
        GeoDa,
        GivenPoints,
        HopSkipJump,
        Pointwise,
        SaltAndPepper,
        SignOpt {
  /** How often it may ask the model about one example at most, the input itself included. */
  long queries();

  /**
   * Attacks examples that do not reach the goal by themselves. The cost of the result is none: the
   * oracle keeps count.
   *
   * @param x valid inputs, [N, …]
   */
  Found search(Labels labels, Tensor x, Seeds seeds);

  /** Asks about the inputs, and searches for those that are not what is wanted already. */
  @Override
  default Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    Labels labels = Labels.of(f, goal, queries());
    boolean[] success = labels.reached(x, Ledger.all(seeds.size()));
    int[] todo = IntStream.range(0, success.length).filter(i -> !success[i]).toArray();
    if (todo.length == 0) {
      return new Found(x, success, labels.ledger().cost());
    }
    Found found = search(labels.rows(todo), x.rows(todo), seeds.rows(todo));
    for (int k = 0; k < todo.length; k++) {
      success[todo[k]] = found.success()[k];
    }
    return new Found(x.withRows(todo, found.x()), success, labels.ledger().cost());
  }
}
