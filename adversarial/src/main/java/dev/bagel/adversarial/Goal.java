package dev.bagel.adversarial;

import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/** What an attack wants of each example of a batch. */
public sealed interface Goal {
  /** The right classes, [N]. */
  int[] labels();

  /** The same goal for some of the examples. */
  Goal rows(int... which);

  /** For which examples these predictions are what is wanted. */
  boolean[] reached(int... predicted);

  /**
   * For which examples these scores are what is wanted, [N, K].
   *
   * @throws AttackException if a score is NaN
   */
  default boolean[] reached(Tensor scores) {
    return reached(Decision.of(scores));
  }

  /**
   * Writes the right classes, and the classes that are aimed at: the right ones again if any other
   * will do.
   *
   * @throws IllegalArgumentException if a class is not one of the model's
   */
  default void fill(int classes, float[] labels, float[] targets) {
    int[] aims = this instanceof Targeted t ? t.targets() : labels();
    for (int i = 0; i < aims.length; i++) {
      labels[i] = known(labels()[i], classes);
      targets[i] = known(aims[i], classes);
    }
  }

  private static int known(int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "class " + label + ": the model has classes 0 … " + (classes - 1));
    }
    return label;
  }

  static Goal untargeted(int... labels) {
    return new Untargeted(labels);
  }

  static Goal targeted(int[] labels, int[] targets) {
    return new Targeted(labels, targets);
  }

  /** Any class but the right one. */
  record Untargeted(int[] labels) implements Goal {
    @Override
    public Goal rows(int... which) {
      return new Untargeted(pick(labels, which));
    }

    @Override
    public boolean[] reached(int... predicted) {
      boolean[] r = new boolean[labels.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = predicted[i] != labels[i];
      }
      return r;
    }

    @Override
    public String toString() {
      return "untargeted";
    }
  }

  /** One class that was chosen for each example. */
  record Targeted(int[] labels, int[] targets) implements Goal {
    public Targeted {
      if (labels.length != targets.length) {
        throw new IllegalArgumentException(
            labels.length + " labels and " + targets.length + " targets");
      }
    }

    @Override
    public Goal rows(int... which) {
      return new Targeted(pick(labels, which), pick(targets, which));
    }

    @Override
    public boolean[] reached(int... predicted) {
      boolean[] r = new boolean[targets.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = predicted[i] == targets[i];
      }
      return r;
    }

    @Override
    public String toString() {
      return "targeted";
    }
  }

  private static int[] pick(int[] from, int[] which) {
    return Arrays.stream(which).map(i -> from[i]).toArray();
  }
}
