package dev.bagel.adversarial.spatial;

import java.util.Arrays;
import java.util.List;

/** How to look for the worst parameters of a transformation. */
public sealed interface Search {
  /** Every combination of evenly spaced values, the limits among them. */
  static Grid grid(int... points) {
    return new Grid(Arrays.stream(points).boxed().toList());
  }

  /** So many uniform draws, others for every example. */
  static Random random(int draws) {
    return new Random(draws);
  }

  /** Signed gradient steps of a twentieth of the limits from a random start. */
  static FirstOrder firstOrder(int steps) {
    return new FirstOrder(steps, 0.05);
  }

  /**
   * A grid. Engstrom et al. 2019, §2.2: few parameters can be searched, and what is found so is far
   * worse than what gradients find.
   *
   * @param points how many values of each parameter; of one, that is 0
   */
  record Grid(List<Integer> points) implements Search {
    private static final long MOST = 1_000_000;

    public Grid {
      points = List.copyOf(points);
      if (points.stream().anyMatch(k -> k < 1)
          || points.stream().mapToDouble(k -> k).reduce(1, (a, b) -> a * b) > MOST) {
        throw new IllegalArgumentException(
            "a grid of "
                + points
                + " points: at least one each, and a million in all;"
                + " search many parameters at random");
      }
    }

    /** The number of combinations. */
    public int size() {
      return points.stream().reduce(1, (a, b) -> a * b);
    }

    /** Combination {@code k}, in shares of the limits, from −1 to 1. */
    double[] at(int k) {
      double[] at = new double[points.size()];
      int rest = k;
      for (int p = at.length - 1; p >= 0; p--) {
        int m = points.get(p);
        at[p] = m == 1 ? 0 : 2.0 * (rest % m) / (m - 1) - 1;
        rest /= m;
      }
      return at;
    }
  }

  /** Random search. */
  record Random(int draws) implements Search {
    public Random {
      if (draws < 1) {
        throw new IllegalArgumentException(draws + " draws: at least one");
      }
    }
  }

  /**
   * Gradient ascent in the parameters, projected on their limits; the best point of the way counts.
   *
   * @param steps how many
   * @param size of a step, in shares of the limits
   */
  record FirstOrder(int steps, double size) implements Search {
    public FirstOrder {
      if (steps < 0 || !(size > 0 && size <= 2)) {
        throw new IllegalArgumentException(
            steps + " steps of " + size + " limits: from 0 on, and of more than 0 up to 2");
      }
    }
  }
}
