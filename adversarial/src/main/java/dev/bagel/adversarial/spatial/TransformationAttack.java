package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Looks for the parameters of a transformation that hurt most. Among those that reach the goal it
 * takes the one of the largest surrogate, else the largest of all; an input that reaches the goal
 * by itself is left alone.
 *
 * <pre>{@code
 * Transformed worst = TransformationAttack.spatial().find(model, x, goal, seeds, Progress.NONE);
 * worst.of(0, "rotation");   // of the first example, in degrees
 * }</pre>
 *
 * @param transformation what may be done to a picture
 * @param search how to look for the worst
 * @param surrogate what "worst" means
 */
public record TransformationAttack(
    Transformation transformation, Search search, Surrogate surrogate) implements Attack {
  public TransformationAttack {
    if (search instanceof Search.Grid g
        && g.points().size() != transformation.parameters().size()) {
      throw new IllegalArgumentException(
          "a grid of %s for the %d parameters of %s"
              .formatted(g.points(), transformation.parameters().size(), transformation));
    }
  }

  /** 100 random draws, by cross-entropy: as many as Foolbox's {@code random_steps}. */
  public static TransformationAttack on(Transformation transformation) {
    return new TransformationAttack(transformation, Search.random(100), Surrogate.crossEntropy());
  }

  /**
   * The worst of 5 rotations up to 30° and 5 × 5 shifts up to 3 pixels: Engstrom et al. 2019, with
   * the grid of Foolbox's {@code SpatialAttack}; the paper's own for MNIST and CIFAR has 31 angles.
   */
  public static TransformationAttack spatial() {
    return on(RotationTranslation.engstrom()).search(Search.grid(5, 5, 5));
  }

  public TransformationAttack search(Search search) {
    return new TransformationAttack(transformation, search, surrogate);
  }

  public TransformationAttack surrogate(Surrogate surrogate) {
    return new TransformationAttack(transformation, search, surrogate);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return new WorstCase(this, f, x, goal, seeds).transformed().found();
  }

  /**
   * Attacks any number of pictures, batch by batch, and tells how each was transformed.
   *
   * @throws IllegalArgumentException if an input is outside the model's bounds, or the numbers of
   *     inputs, labels and seeds differ
   * @throws dev.bagel.adversarial.AttackException if the transformation cannot be applied, or a
   *     score or a gradient is not a number
   */
  public Transformed find(Classifier f, Tensor x, Goal goal, Seeds seeds, Progress progress) {
    int n = x.shape().dim(0);
    if (goal.size() != n || seeds.size() != n) {
      throw new IllegalArgumentException(
          n + " inputs, " + goal.size() + " goals and " + seeds.size() + " seeds");
    }
    f.bounds().check(x);
    Transformed all =
        new WorstCase(this, f, x.slice(0, 0), goal.rows(), seeds.rows()).transformed();
    for (int from = 0; from < n; from += BATCH) {
      int[] rows = IntStream.range(from, Math.min(n, from + BATCH)).toArray();
      all =
          all.then(
              new WorstCase(this, f, x.rows(rows), goal.rows(rows), seeds.rows(rows))
                  .transformed());
      progress.at(from + rows.length, n, toString());
    }
    return all;
  }
}
