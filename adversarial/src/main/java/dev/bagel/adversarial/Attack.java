package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A search for inputs near x that make a classifier do what a goal says. An attack is a value: it
 * prints as the experiment that it is, and larger attacks are made of smaller ones.
 */
public interface Attack {
  /** Examples that are attacked together. */
  int BATCH = 64;

  /**
   * Attacks one batch. This is what an attack implements; {@link #run} is what is called.
   *
   * @param x valid inputs, [N, …]
   * @param seeds the randomness of each example
   */
  Found on(Classifier f, Tensor x, Goal goal, Seeds seeds);

  /** Attacks any number of inputs, batch by batch. */
  default Found run(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return run(f, x, goal, seeds, Progress.NONE);
  }

  /**
   * Attacks any number of inputs, batch by batch.
   *
   * @throws IllegalArgumentException if an input is outside the model's bounds, or the numbers of
   *     inputs, labels and seeds differ
   * @throws AttackException if the attack breaks down, as on a gradient that is not a number
   */
  default Found run(Classifier f, Tensor x, Goal goal, Seeds seeds, Progress progress) {
    int n = x.shape().dim(0);
    if (goal.labels().length != n || seeds.size() != n) {
      throw new IllegalArgumentException(
          n + " inputs, " + goal.labels().length + " labels and " + seeds.size() + " seeds");
    }
    f.bounds().check(x);
    Tensor found = x;
    boolean[] success = new boolean[n];
    Cost cost = Cost.NONE;
    for (int from = 0; from < n; from += BATCH) {
      int[] rows = IntStream.range(from, Math.min(n, from + BATCH)).toArray();
      Found part = on(f, x.rows(rows), goal.rows(rows), seeds.rows(rows));
      int bad = part.x().firstNotFinite();
      if (bad >= 0) {
        throw new AttackException(
            this
                + " made element "
                + bad
                + " of a batch "
                + part.x().get(bad)
                + ": the model's gradient or score is not a number there; check its weights");
      }
      found = n <= BATCH ? part.x() : found.withRows(rows, part.x());
      System.arraycopy(part.success(), 0, success, from, rows.length);
      cost = cost.plus(part.cost());
      progress.at(from + rows.length, n, toString());
    }
    return new Found(found, success, cost);
  }

  /** This attack, then {@code next} on the examples that survived it. */
  default Attack then(Attack next) {
    return new Cascade(this, next);
  }

  /** This attack up to {@code n} times, with other randomness, each on the survivors of the last. */
  default Attack restarts(int n) {
    return n <= 1 ? this : new Restarts(this, n);
  }

  /** One attack, then another on its survivors. */
  record Cascade(Attack first, Attack next) implements Attack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      return continued(first.on(f, x, goal, seeds.at("first")), next, f, x, goal, seeds.at("next"));
    }
  }

  /** The same attack again and again. */
  record Restarts(Attack attack, int n) implements Attack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Found found = attack.on(f, x, goal, seeds.at(0));
      for (int i = 1; i < n; i++) {
        found = continued(found, attack, f, x, goal, seeds.at(i));
      }
      return found;
    }
  }

  private static Found continued(
      Found found, Attack next, Classifier f, Tensor x, Goal goal, Seeds seeds) {
    int[] left = found.survivors();
    if (left.length == 0) {
      return found;
    }
    Found more = next.on(f, x.rows(left), goal.rows(left), seeds.rows(left));
    boolean[] success = Arrays.copyOf(found.success(), found.success().length);
    for (int i = 0; i < left.length; i++) {
      success[left[i]] = more.success()[i];
    }
    return new Found(
        found.x().withRows(left, more.x()), success, found.cost().plus(more.cost()));
  }
}
