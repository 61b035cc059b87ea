package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Dtype;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Examples of one float per value. */
public final class Tensors implements Dataset {
  private final String name;
  private final Shape example;
  private final float[] values;
  private final int[] labels;
  private final List<String> classNames;

  /**
   * The data set of these examples.
   *
   * @param x [N, …]
   * @param labels [N]
   * @throws IllegalArgumentException if a value is NaN or infinite, with its position, or if {@code
   *     x} and {@code labels} do not fit
   */
  public Tensors(String name, Tensor x, int[] labels, List<String> classNames) {
    if (x.shape().rank() == 0) {
      throw new IllegalArgumentException("a data set of shape " + x.shape() + ": [N, …] expected");
    }
    Labels.check(labels, x.shape().dim(0), classNames);
    this.name = name;
    this.example = x.shape().sub(1, x.shape().rank());
    this.values = x.toArray();
    this.labels = labels.clone();
    this.classNames = List.copyOf(classNames);
    int bad = firstUnusable(values);
    if (bad >= 0) {
      throw new IllegalArgumentException("x" + position(x.shape(), bad) + " is " + values[bad]);
    }
  }

  /** Trusts its caller and keeps the arrays. */
  private Tensors(
      String name, Shape example, float[] values, int[] labels, List<String> classNames) {
    this.name = name;
    this.example = example;
    this.values = values;
    this.labels = labels;
    this.classNames = classNames;
  }

  /**
   * The data set in an {@code .npz} file.
   *
   * <p>Its arrays are {@code x_test} and {@code y_test} (or {@code x_train}, {@code y_train},
   * according to {@code split}), {@code x} and {@code y}, or {@code images} and {@code labels}; the
   * first such pair is taken. Examples are [N, D], [N, C, H, W], or [N, H, W] for one channel;
   * bytes become {@link ImageBytes}, that is, are divided by 255. Labels are whole numbers [N] or
   * [N, 1], or one-hot [N, K].
   *
   * @throws FormatException if there is no such pair, if the two do not fit, or if a value is NaN
   *     or infinite, with its position
   */
  public static Dataset read(Path file, Split split) throws IOException {
    Npz npz = Npz.open(file);
    String source = file.toString();
    String[] pair = pair(npz, source, split);
    NpyArray x = npz.array(pair[0]);
    NpyArray y = npz.array(pair[1]);
    Shape shape = x.shape();
    if (shape.rank() < 2 || shape.rank() > 4) {
      throw FormatException.of(
          source,
          pair[0],
          "examples of shape " + shape,
          "[N, D], [N, H, W] or [N, C, H, W] is read");
    }
    if (shape.rank() == 3) {
      shape = Shape.of(shape.dim(0), 1, shape.dim(1), shape.dim(2));
    }
    int[] labels = OneHot.labels(y, source, pair[1]);
    if (labels.length != shape.dim(0)) {
      throw FormatException.of(
          source,
          pair[1],
          labels.length + " labels for " + shape.dim(0) + " examples",
          "save as many of both");
    }
    List<String> classes = Labels.numbered(OneHot.classes(y, labels, source, pair[1]));
    Path fileName = file.getFileName();
    String name = fileName == null ? source : fileName.toString();
    if (x.dtype() == Dtype.U1) {
      return new ImageBytes(name, shape.sub(1, shape.rank()), x.bytes(), labels, classes);
    }
    float[] values = x.tensor().toArray();
    int bad = firstUnusable(values);
    if (bad >= 0) {
      throw FormatException.of(
          source,
          pair[0] + position(x.shape(), bad),
          "the value " + values[bad],
          "remove or replace this example");
    }
    return new Tensors(name, shape.sub(1, shape.rank()), values, labels, classes);
  }

  private static String[] pair(Npz npz, String source, Split split) throws FormatException {
    String which = split == Split.TRAIN ? "train" : "test";
    String[][] pairs = {
      {"x_" + which, "y_" + which}, {"x", "y"}, {"images", "labels"},
    };
    List<String> wanted = new ArrayList<>();
    for (String[] pair : pairs) {
      if (npz.contains(pair[0]) && npz.contains(pair[1])) {
        return pair;
      }
      wanted.add(pair[0] + " and " + pair[1]);
    }
    throw FormatException.of(
        source,
        "its names",
        "no pair of examples and labels among " + npz.names(),
        "save " + String.join(", or ", wanted));
  }

  /** The first index of a NaN or an infinity; −1 if there is none. */
  private static int firstUnusable(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  private static String position(Shape shape, int i) {
    int[] strides = shape.strides();
    int[] position = new int[strides.length];
    int rest = i;
    for (int a = 0; a < position.length; a++) {
      position[a] = rest / strides[a];
      rest %= strides[a];
    }
    return Arrays.toString(position);
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
      System.arraycopy(values, rows[r] * width, x, r * width, width);
    }
    return new Batch(Tensor.wrap(shape, x), y);
  }

  @Override
  public String toString() {
    return name + ": " + size() + " × " + example + ", " + classes() + " classes";
  }
}
