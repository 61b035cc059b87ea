package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Goal;
import dev.bagel.tensor.Rng;
import picocli.CommandLine.Option;

/** What an attack wants of an example. */
final class TargetOptions {
  @Option(
      names = "--targeted",
      description = "Towards one class: --target, or a random wrong one for each example.")
  private boolean targeted;

  @Option(
      names = "--target",
      paramLabel = "CLASS",
      description = "The number of that class, from 0 on; makes the attack targeted.")
  private Integer target;

  boolean isTargeted() {
    return targeted || target != null;
  }

  /**
   * The goal.
   *
   * @param numbers of the examples in their source, which random targets are drawn by
   */
  Goal goal(int[] labels, int[] numbers, int classes, long seed) {
    if (!isTargeted()) {
      return Goal.untargeted(labels);
    }
    if (target != null && (target < 0 || target >= classes)) {
      throw new WrongUse(
          "target " + target, "--target", "the model knows the classes 0 … " + (classes - 1));
    }
    if (classes < 2) {
      throw new WrongUse("a model of one class", "--targeted", "there is no class to aim at");
    }
    int[] targets = new int[labels.length];
    for (int i = 0; i < targets.length; i++) {
      int away = 1 + Rng.of(seed).at("target").at(numbers[i]).below(0, classes - 1);
      targets[i] = target != null ? target : (labels[i] + away) % classes;
    }
    return Goal.targeted(labels, targets);
  }
}
