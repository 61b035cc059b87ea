package dev.bagel.nn.onnx;

import java.util.Map;
import java.util.Set;

/**
 * How many examples go through a graph at once, and what follows their number. A file that was
 * written for one example can be traced for any number with this: see {@link Batching}.
 *
 * @param examples how many there are
 * @param written how many the file was written for
 * @param axes the axis of a value along which its examples lie, one after the other
 * @param varying the numbers that depend on how many examples there are
 */
record BatchAxes(int examples, int written, Map<String, Integer> axes, Set<String> varying) {
  /** Nothing is known to be a batch: the graph is traced as it is written. */
  static final BatchAxes NONE = new BatchAxes(1, 1, Map.of(), Set.of());

  /** The same for so many examples. */
  BatchAxes of(int examples) {
    return new BatchAxes(examples, written, axes, varying);
  }

  /** The axis of value {@code name}, or −1. */
  int axis(String name) {
    return axes.getOrDefault(name, -1);
  }
}
