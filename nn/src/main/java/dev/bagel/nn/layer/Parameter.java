package dev.bagel.nn.layer;

import dev.bagel.tensor.Shape;
import java.util.List;

/**
 * An array of numbers that a layer needs, without the numbers.
 *
 * @param name relative to the layer
 * @param shape how many
 * @param learned whether training learns them, or only observes them (a buffer)
 * @param init how fresh ones are drawn
 */
public record Parameter(String name, Shape shape, boolean learned, Init init) {
  /** Numbers that are learned. */
  public static Parameter weight(String name, Shape shape, Init init) {
    return new Parameter(name, shape, true, init);
  }

  /** Numbers that are observed. */
  public static Parameter buffer(String name, Shape shape, Init init) {
    return new Parameter(name, shape, false, init);
  }

  /** A matrix or filters with this initialisation, and a bias of zeros. */
  static List<Parameter> weightAndBias(Shape weight, Init init, int bias) {
    return List.of(
        weight("weight", weight, init), weight("bias", Shape.of(bias), Init.constant(0)));
  }

  /** The same under a longer name. */
  Parameter under(String prefix) {
    return new Parameter(prefix + "." + name, shape, learned, init);
  }
}
