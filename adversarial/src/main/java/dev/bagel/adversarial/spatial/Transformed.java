package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Found;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The worst transformation of every example that a search has seen.
 *
 * @param x the pictures, [N, C, H, W]
 * @param parameters what the columns of {@code theta} are
 * @param theta how each picture came about, [N, P] in the parameters' units; zeros where the input
 *     itself was enough, or nothing was worse
 * @param predicted what a fresh forward pass says of the pictures
 * @param success for which of them that is what was wanted
 * @param cost what the search asked of the model
 */
public record Transformed(
    Tensor x,
    List<Parameter> parameters,
    Tensor theta,
    int[] predicted,
    boolean[] success,
    Cost cost) {
  /**
   * A parameter of one example.
   *
   * @throws IllegalArgumentException if there is no parameter of this name
   */
  public double of(int example, String name) {
    for (int p = 0; p < parameters.size(); p++) {
      if (parameters.get(p).name().equals(name)) {
        return theta.get(example * parameters.size() + p);
      }
    }
    throw new IllegalArgumentException(
        "no parameter " + name + " among " + parameters.stream().map(Parameter::name).toList());
  }

  /** The same without the parameters, as all attacks report. */
  public Found found() {
    return new Found(x, success, cost);
  }

  /** The share of examples for which the goal was reached. */
  public double rate() {
    return found().rate();
  }

  /** This, and then the examples of {@code more}. */
  Transformed then(Transformed more) {
    int[] classes = Arrays.copyOf(predicted, predicted.length + more.predicted.length);
    System.arraycopy(more.predicted, 0, classes, predicted.length, more.predicted.length);
    boolean[] all = Arrays.copyOf(success, classes.length);
    System.arraycopy(more.success, 0, all, success.length, more.success.length);
    return new Transformed(
        Tensor.stack(x, more.x),
        parameters,
        Tensor.stack(theta, more.theta),
        classes,
        all,
        cost.plus(more.cost));
  }
}
