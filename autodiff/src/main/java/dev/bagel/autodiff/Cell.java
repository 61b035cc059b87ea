package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Memory that a plan reads, and may update in place, each time it runs: the weights in training,
 * the image under attack, the labels of the batch.
 *
 * <p>In a graph a cell is a leaf without a value ({@link #var}). What is computed from it has a
 * shape and no value either: it is a description, which a {@link Plan} turns into a computation.
 */
public final class Cell {
  private final String name;
  private final Shape shape;
  private final float[] memory;
  private final Var var;

  private Cell(String name, Shape shape, float[] memory) {
    this.name = name;
    this.shape = shape;
    this.memory = memory;
    this.var = Var.leaf(this);
  }

  /** A cell of zeros. */
  public static Cell of(String name, Shape shape) {
    return new Cell(name, shape, new float[shape.size()]);
  }

  /** A cell that begins with a copy of {@code value}. */
  public static Cell of(String name, Tensor value) {
    return new Cell(name, value.shape(), value.toArray());
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return shape;
  }

  /** The leaf that stands for this cell in graphs: the same one each time. */
  public Var var() {
    return var;
  }

  /** What the cell holds now, copied. */
  public Tensor get() {
    return Tensor.of(shape, memory);
  }

  /** Copies a value into the cell. */
  public void set(Tensor value) {
    if (!value.shape().equals(shape)) {
      throw new ShapeException("cell %s %s cannot hold %s", name, shape, value.shape());
    }
    System.arraycopy(value.array(), 0, memory, 0, memory.length);
  }

  /** Fills the cell with one number. */
  public void fill(float value) {
    Arrays.fill(memory, value);
  }

  /** The elements themselves, not a copy. */
  public float[] memory() {
    return memory;
  }

  @Override
  public String toString() {
    return name + shape;
  }
}
