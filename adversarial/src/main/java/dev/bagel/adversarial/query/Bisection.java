package dev.bagel.adversarial.query;

import java.util.Arrays;

/**
 * The way back to the boundary: on a line from the input (at 0) to a point that reaches the goal
 * (at 1), the interval whose upper end reaches it is halved, for all examples together.
 */
final class Bisection {
  /** The point of an example's line at s. */
  interface Line {
    float[] at(int example, double s);
  }

  private Bisection() {}

  /** Straight lines from the inputs to these points. */
  static Line segments(float[][] from, float[][] to) {
    return (i, s) -> {
      float[] p = new float[from[i].length];
      for (int j = 0; j < p.length; j++) {
        p[j] = (float) (from[i][j] + s * ((double) to[i][j] - from[i][j]));
      }
      return p;
    };
  }

  /**
   * Halves until the intervals are no longer than the tolerance.
   *
   * @param who the examples
   * @param high where the goal is known to be reached, by example; it is moved down
   * @param low where it is taken not to be reached, by example; it is moved up
   */
  static void run(
      Hunt hunt, int[] who, Line line, double[] low, double[] high, double[] tolerance) {
    int[] open = Arrays.copyOf(who, who.length);
    while (true) {
      open =
          Arrays.stream(open)
              .filter(i -> high[i] - low[i] > tolerance[i] && hunt.labels.left(i) > 0)
              .toArray();
      if (open.length == 0) {
        return;
      }
      Points middles = hunt.points();
      for (int i : open) {
        middles.add(i, line.at(i, (low[i] + high[i]) / 2));
      }
      boolean[] reached = hunt.reached(middles);
      for (int k = 0; k < open.length; k++) {
        int i = open[k];
        (reached[k] ? high : low)[i] = (low[i] + high[i]) / 2;
      }
    }
  }
}
