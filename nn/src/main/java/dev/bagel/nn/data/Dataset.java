package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import java.util.List;

/**
 * Labelled examples in a fixed order. Immutable; any number of threads may read it.
 *
 * <p>Values are in input units, as a model sees them: pixels from 0 to 1, before any normalisation.
 */
public interface Dataset {
  /** What to call it in a report. */
  String name();

  /** The number of examples. */
  int size();

  /** The shape of one example: [C, H, W] for images, [D] for features. */
  Shape example();

  /** The name of each class. */
  List<String> classNames();

  /**
   * The class of example {@code i}.
   *
   * @throws IndexOutOfBoundsException if there is no such example
   */
  int label(int i);

  /**
   * The examples with these numbers, in this order; a number may come twice.
   *
   * @throws IndexOutOfBoundsException if there is no such example
   */
  Batch batch(int... rows);

  /** The number of classes. */
  default int classes() {
    return classNames().size();
  }

  /** All labels, [N]. */
  default int[] labels() {
    int[] labels = new int[size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = label(i);
    }
    return labels;
  }

  /** All examples at once, [N, …]. */
  default Batch all() {
    int[] rows = new int[size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    return batch(rows);
  }

  /**
   * Examples {@code offset} to {@code offset + count − 1}, without copying them.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  default Dataset slice(int offset, int count) {
    return new Slice(this, offset, count);
  }
}
