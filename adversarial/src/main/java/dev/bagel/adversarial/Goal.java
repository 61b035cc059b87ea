package dev.bagel.adversarial;

import java.util.Arrays;

/** What an attack wants of each example of a batch. */
public sealed interface Goal {
  /** The right classes, [N]. */
  int[] labels();

  /** The same goal for some of the examples. */
  Goal rows(int... which);

  /** For which examples these predictions are what is wanted. */
  boolean[] reached(int... predicted);

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
