package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import java.util.List;
import java.util.Objects;

/** A run of consecutive examples of another data set. */
record Slice(Dataset of, int offset, int size) implements Dataset {
  Slice {
    if (offset < 0 || size < 0 || size > of.size() - offset) {
      throw new IndexOutOfBoundsException(
          size + " examples from " + offset + " on: " + of.name() + " has " + of.size());
    }
  }

  @Override
  public String name() {
    return of.name() + "[" + offset + ".." + (offset + size) + ")";
  }

  @Override
  public Shape example() {
    return of.example();
  }

  @Override
  public List<String> classNames() {
    return of.classNames();
  }

  @Override
  public int label(int i) {
    return of.label(offset + Objects.checkIndex(i, size));
  }

  @Override
  public Batch batch(int... rows) {
    int[] outer = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      outer[i] = offset + Objects.checkIndex(rows[i], size);
    }
    return of.batch(outer);
  }
}
