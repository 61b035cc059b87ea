package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.NpyArray;

/** Labels as arrays hold them: whole numbers [N] or [N, 1], or one 1 per row of [N, K]. */
final class OneHot {
  private static final int MOST_CLASSES = 1_000_000;

  private OneHot() {}

  /** The class of each example, [N]. */
  static int[] labels(NpyArray y, String source, String name) throws FormatException {
    Shape shape = y.shape();
    if (shape.rank() == 2 && shape.dim(1) > 1) {
      return hot(y.doubles(), shape, source, name);
    }
    if (!y.dtype().isInteger()
        || !(shape.rank() == 1 || (shape.rank() == 2 && shape.dim(1) == 1))) {
      throw FormatException.of(
          source, name, "labels that are " + y, "save whole numbers [N], or one-hot [N, K]");
    }
    long[] wide = y.longs();
    int[] labels = new int[wide.length];
    for (int i = 0; i < labels.length; i++) {
      if (wide[i] < 0 || wide[i] >= MOST_CLASSES) {
        throw FormatException.of(
            source, name + "[" + i + "]", "the label " + wide[i], "classes count from 0");
      }
      labels[i] = (int) wide[i];
    }
    return labels;
  }

  /** How many classes there are: K, or one more than the largest label. */
  static int classes(NpyArray y, int[] labels, String source, String name) throws FormatException {
    if (y.shape().rank() == 2 && y.shape().dim(1) > 1) {
      return y.shape().dim(1);
    }
    int most = -1;
    for (int label : labels) {
      most = Math.max(most, label);
    }
    if (most < 0) {
      throw FormatException.of(source, name, "no labels", "save at least one example");
    }
    return most + 1;
  }

  private static int[] hot(double[] y, Shape shape, String source, String name)
      throws FormatException {
    int[] labels = new int[shape.dim(0)];
    int classes = shape.dim(1);
    for (int r = 0; r < labels.length; r++) {
      int ones = 0;
      int others = 0;
      for (int k = 0; k < classes; k++) {
        double v = y[r * classes + k];
        if (v == 1) {
          ones++;
          labels[r] = k;
        } else if (v != 0) {
          others++;
        }
      }
      if (ones != 1 || others != 0) {
        throw FormatException.of(
            source, name + "[" + r + "]", "a row that is not one-hot", "one 1 and zeros, please");
      }
    }
    return labels;
  }
}
