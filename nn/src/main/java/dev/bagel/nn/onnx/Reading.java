package dev.bagel.nn.onnx;

import dev.bagel.tensor.Shape;
import java.util.Optional;

/**
 * What a reader knows better than the file.
 *
 * @param layout of the file's input; found out if it is not given
 * @param example the shape of one input of the model, such as [3, 32, 32]; it may be another shape
 *     of as many elements as the file's, and has to be given if the file leaves lengths open
 * @param output the value that is the model's result; the file's first output if it is not given
 */
public record Reading(Optional<Layout> layout, Optional<Shape> example, Optional<String> output) {
  /** As the file says. */
  public static final Reading PLAIN =
      new Reading(Optional.empty(), Optional.empty(), Optional.empty());

  public Reading with(Layout layout) {
    return new Reading(Optional.of(layout), example, output);
  }

  public Reading with(Shape example) {
    return new Reading(layout, Optional.of(example), output);
  }

  public Reading output(String name) {
    return new Reading(layout, example, Optional.of(name));
  }
}
