package dev.bagel.nn.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The name of a tensor in somebody's file, taken apart: {@code layer1.0.conv1.weight} or {@code
 * sequential/conv2d_3/kernel:0}.
 *
 * @param whole as the file has it
 * @param module what stands before the last word, with dots: the path of a layer
 * @param word the last word
 */
record TensorName(String whole, String module, String word) {
  static TensorName of(String whole) {
    String dotted = whole.replace('/', '.');
    String name = dotted.endsWith(":0") ? dotted.substring(0, dotted.length() - 2) : dotted;
    int dot = name.lastIndexOf('.');
    return new TensorName(whole, name.substring(0, Math.max(0, dot)), name.substring(dot + 1));
  }

  Optional<Role> role() {
    return Role.of(word);
  }

  /** Whether the framework that has this word counts channels last: kernels [H, W, in, out]. */
  boolean isChannelsLast() {
    return word.endsWith("kernel");
  }

  /** Whether it is a count that nothing needs in evaluation. */
  boolean isCount() {
    return word.equals("num_batches_tracked");
  }

  /**
   * The same names, without 0, 1, 2, … of the first segments that all of them share, such as {@code
   * module.} of a net that was trained on several devices.
   */
  static List<List<TensorName>> unwrapped(List<TensorName> names) {
    List<List<TensorName>> levels = new ArrayList<>(List.of(names));
    List<TensorName> level = names;
    while (!level.isEmpty() && level.stream().allMatch(n -> n.head().equals(first(levels)))) {
      level = level.stream().map(TensorName::tail).toList();
      levels.add(level);
    }
    return levels;
  }

  private static String first(List<List<TensorName>> levels) {
    String head = levels.get(levels.size() - 1).get(0).head();
    return head.isEmpty() ? "." : head; // no module begins with a dot
  }

  private String head() {
    int dot = module.indexOf('.');
    return dot < 0 ? module : module.substring(0, dot);
  }

  private TensorName tail() {
    int dot = module.indexOf('.');
    return new TensorName(whole, dot < 0 ? "" : module.substring(dot + 1), word);
  }
}
