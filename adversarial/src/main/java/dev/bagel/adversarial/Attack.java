package dev.bagel.adversarial;

import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A search for inputs near x that make a classifier do what a goal says. An attack is a value: it
 * prints as the experiment that it is, and larger attacks are made of smaller ones.
 */
public interface Attack {
  /** Examples that are attacked together. */
  int BATCH = 64;

  /**
   * Attacks one batch. This is what an attack implements; {@link #run} is what is called. Whoever
   * writes one looks at {@link Limit#isOver} in its loop, and ends with what there is.
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
    if (goal.size() != n || seeds.size() != n) {
      throw new IllegalArgumentException(
          n + " inputs, " + goal.size() + " labels and " + seeds.size() + " seeds");
    }
    f.bounds().check(x);
    List<Tensor> parts = new ArrayList<>();
    boolean[] success = new boolean[n];
    Cost cost = Cost.NONE;
    int to = 0;
    while (to < n && !Limit.isOver(f)) {
      int from = to;
      to = Math.min(n, from + BATCH);
      int[] rows = IntStream.range(from, to).toArray();
      Found part = on(f, x.rows(rows), goal.rows(rows), seeds.rows(rows));
      checkFinite(part.x(), from);
      parts.add(part.x());
      System.arraycopy(part.success(), 0, success, from, rows.length);
      cost = cost.plus(part.cost());
      if (!Limit.isOver(f)) { // else this batch may have been broken off
        progress.at(to, n, toString());
      }
    }
    parts.add(x.slice(to, n)); // what a limit leaves stays as it is
    return new Found(stack(parts), success, cost);
  }

  private static Tensor stack(List<Tensor> parts) {
    return Tensor.stack(parts.get(0), parts.subList(1, parts.size()).toArray(Tensor[]::new));
  }

  private void checkFinite(Tensor x, int from) {
    int bad = x.firstNotFinite();
    if (bad >= 0) {
      int example = from + bad / (x.size() / x.shape().dim(0));
      throw new AttackException(
          this
              + " made an element of input "
              + example
              + " "
              + x.get(bad)
              + ": the gradient of its surrogate is not finite there; check the model's weights, or"
              + " take another surrogate");
    }
  }

  /**
   * This attack, then {@code next} on the examples that survived it, with the same seeds: the two
   * succeed together wherever one of them would alone.
   */
  default Attack then(Attack next) {
    return new Cascade(this, next);
  }

  /**
   * This attack up to {@code n} times, each on the survivors of the last. The first time has the
   * given seeds and later ones have others: more restarts only add to what fewer find.
   */
  default Attack restarts(int n) {
    return n <= 1 ? this : new Restarts(this, n);
  }

  /** One attack, then another on its survivors. */
  record Cascade(Attack first, Attack next) implements Attack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      return first.on(f, x, goal, seeds).then(next, f, x, goal, seeds);
    }
  }

  /** The same attack again and again. */
  record Restarts(Attack attack, int n) implements Attack {
    @Override
    public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
      Found found = attack.on(f, x, goal, seeds);
      for (int i = 1; i < n; i++) {
        found = found.then(attack, f, x, goal, seeds.at(i));
      }
      return found;
    }
  }
}
