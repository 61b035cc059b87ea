package dev.bagel.adversarial;

import dev.bagel.adversarial.Evaluation.Outcome;
import java.util.Arrays;
import java.util.List;

/**
 * What came out at each of several radii: the security curve of a model. What falls at a radius has
 * fallen at all larger ones.
 *
 * @param outcomes in the order that the radii were given in
 */
public record Sweep(List<Outcome> outcomes) {
  public Sweep {
    outcomes = List.copyOf(outcomes);
  }

  Sweep(Outcome... outcomes) {
    this(Arrays.asList(outcomes));
  }

  /**
   * The outcome at a radius that was asked for.
   *
   * @throws IllegalArgumentException if it was not
   */
  public Outcome at(double epsilon) {
    return outcomes.stream()
        .filter(o -> o.ball().epsilon() == epsilon)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no outcome at ε = "
                        + epsilon
                        + ": there are those at "
                        + Arrays.toString(radii())));
  }

  /** The radii. */
  public double[] radii() {
    return outcomes.stream().mapToDouble(o -> o.ball().epsilon()).toArray();
  }

  /** What each example of each radius came to: [ε][N]. */
  public boolean[][] success() {
    return outcomes.stream().map(Outcome::success).toArray(boolean[][]::new);
  }

  /** The share of examples that stand, at each radius. */
  public double[] robustAccuracy() {
    return outcomes.stream().mapToDouble(Outcome::robustAccuracy).toArray();
  }

  /** The smallest radius at which each example falls, 0 before any attack, or infinity; [N]. */
  public double[] smallestRadius() {
    double[] smallest = new double[outcomes.isEmpty() ? 0 : outcomes.get(0).success().length];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
    for (Outcome o : outcomes) {
      for (int i = 0; i < smallest.length; i++) {
        if (o.success()[i]) {
          double radius = o.distance()[i] == 0 ? 0 : o.ball().epsilon();
          smallest[i] = Math.min(smallest[i], radius);
        }
      }
    }
    return smallest;
  }

  /** Whether everything was done, at every radius. */
  public Limit.Ending ending() {
    return outcomes.isEmpty()
        ? Limit.Ending.COMPLETE
        : outcomes.stream().map(Outcome::ending).max(Enum::compareTo).orElseThrow();
  }
}
