package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.Cost;
import java.util.List;

/**
 * What came out of learning.
 *
 * @param what the thing that was learnt
 * @param curve its objective in every epoch, in order; what that is, the maker says
 * @param cost what learning asked of the model, counted for each example
 */
public record Learned<T>(T what, List<Double> curve, Cost cost) {
  public Learned {
    curve = List.copyOf(curve);
  }
}
