package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/** Examples of one byte per value; byte b, from 0 to 255, is read as {@code b / 255f}. */
public final class ImageBytes implements Dataset {
  private static final float[] UNIT = new float[256];

  static {
    for (int b = 0; b < UNIT.length; b++) {
      UNIT[b] = b / 255f;
    }
  }

  private final String name;
  private final Shape example;
  private final byte[] pixels;
  private final int[] labels;
  private final List<String> classNames;

  /**
   * Keeps the arrays, which nobody may change from now on.
   *
   * @param example the shape of one example, [C, H, W]
   * @param pixels one example after the other, [N, C, H, W]
   * @param labels [N]
   */
  public ImageBytes(
      String name, Shape example, byte[] pixels, int[] labels, List<String> classNames) {
    if ((long) labels.length * example.size() != pixels.length) {
      throw new IllegalArgumentException(
          pixels.length + " pixels for " + labels.length + " examples of shape " + example);
    }
    Labels.check(labels, labels.length, classNames);
    this.name = name;
    this.example = example;
    this.pixels = pixels;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Shape example() {
    return example;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int i) {
    return labels[Objects.checkIndex(i, labels.length)];
  }

  @Override
  public Batch batch(int... rows) {
    int width = example.size();
    Shape shape = Shape.of(rows.length).concat(example);
    float[] x = new float[shape.size()];
    int[] y = new int[rows.length];
    for (int r = 0; r < rows.length; r++) {
      y[r] = label(rows[r]);
      int from = rows[r] * width;
      int to = r * width;
      for (int i = 0; i < width; i++) {
        x[to + i] = UNIT[pixels[from + i] & 255];
      }
    }
    return new Batch(Tensor.wrap(shape, x), y);
  }

  @Override
  public String toString() {
    return name + ": " + size() + " × " + example + ", " + classes() + " classes";
  }
}
