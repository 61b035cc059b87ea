package dev.bagel.adversarial.auto;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** A batch that is written to row by row, with a number for each row. */
final class Rows {
  private final Shape shape;
  private final float[] data;
  private final float[] values;
  private final int width;

  /** A copy of a batch. */
  Rows(Tensor x) {
    shape = x.shape();
    data = x.toArray();
    values = new float[shape.dim(0)];
    width = values.length == 0 ? 0 : data.length / values.length;
  }

  int width() {
    return width;
  }

  float[] array() {
    return data;
  }

  float value(int i) {
    return values[i];
  }

  /** Row i becomes that row of another batch. */
  void copy(int i, Rows from) {
    System.arraycopy(from.data, i * width, data, i * width, width);
    values[i] = from.values[i];
  }

  void setValue(int i, float value) {
    values[i] = value;
  }

  void set(int i, float... row) {
    System.arraycopy(row, 0, data, i * width, width);
  }

  /** Row i becomes row r of some rows. */
  void take(int i, Tensor from, int r, float value) {
    System.arraycopy(from.array(), r * width, data, i * width, width);
    values[i] = value;
  }

  /** These rows, as a batch. */
  Tensor tensor(int... rows) {
    float[] some = new float[rows.length * width];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(data, rows[r] * width, some, r * width, width);
    }
    return Tensor.wrap(shape.with(0, rows.length), some);
  }

  Tensor tensor() {
    return Tensor.of(shape, data);
  }

  /** How many elements of row i differ from those of a batch. */
  int different(int i, Tensor from) {
    int count = 0;
    for (int j = i * width; j < (i + 1) * width; j++) {
      count += data[j] != from.get(j) ? 1 : 0;
    }
    return count;
  }
}
