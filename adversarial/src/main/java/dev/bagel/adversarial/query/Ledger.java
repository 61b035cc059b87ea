package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A model, what is wanted of it, and the accounts of those who ask. */
final class Ledger {
  private static final int MOST = 128; // rows that are scored together

  private final Classifier f;
  private final Goal goal;
  private final long budget;
  private final long[] asked;

  Ledger(Classifier f, Goal goal, long budget) {
    this.f = f;
    this.goal = goal;
    this.budget = checked(budget);
    asked = new long[goal.size()];
  }

  /** A number of queries, if it is one. */
  static long checked(long queries) {
    if (queries < 1) {
      throw new IllegalArgumentException(
          queries + " queries: the first is for the input itself, so at least one is needed");
    }
    return queries;
  }

  /**
   * Which of the questions can be paid for; they are paid. A limit that is reached pays nothing.
   */
  int[] paid(int... whose) {
    int[] paid = new int[whose.length];
    int n = 0;
    boolean over = Limit.isOver(f);
    for (int m = 0; m < whose.length && !over; m++) {
      if (asked[whose[m]] < budget) {
        asked[whose[m]]++;
        paid[n++] = m;
      }
    }
    return Arrays.copyOf(paid, n);
  }

  /**
   * The scores of these points, [M, …] → [M, K], in pieces of 128, 64, 32, … rows: every number of
   * points is a sum of those, so that a handful of plans serves a search whose batch shrinks.
   */
  Tensor scores(Tensor points) {
    int m = points.shape().dim(0);
    if (m == 0) {
      return f.scores(points);
    }
    List<Tensor> parts = new ArrayList<>();
    for (int from = 0; from < m; ) {
      int n = Math.min(MOST, Integer.highestOneBit(m - from));
      parts.add(f.scores(points.slice(from, from + n)));
      from += n;
    }
    return Tensor.stack(parts.get(0), parts.subList(1, parts.size()).toArray(Tensor[]::new));
  }

  Classifier model() {
    return f;
  }

  Goal goal(int... which) {
    return goal.rows(which);
  }

  long asked(int example) {
    return asked[example];
  }

  long left(int example) {
    return Limit.isOver(f) ? 0 : budget - asked[example];
  }

  Cost cost() {
    return new Cost(0, Arrays.stream(asked).sum());
  }

  static int[] all(int n) {
    return IntStream.range(0, n).toArray();
  }

  /** These of those. */
  static int[] pick(int[] from, int[] which) {
    return Arrays.stream(which).map(i -> from[i]).toArray();
  }
}
