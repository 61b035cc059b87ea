package dev.bagel.nn.onnx.export;

import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The shape of a variable for any number of inputs N: every axis has a length of its own, or a
 * multiple of N.
 */
record Lengths(List<Axis> axes) {
  Lengths {
    axes = List.copyOf(axes);
  }

  /**
   * The length of an axis: {@code times}, or {@code times}·N.
   *
   * @param perInput which of the two
   */
  record Axis(int times, boolean perInput) {
    boolean isOne() {
      return times == 1 && !perInput;
    }

    @Override
    public String toString() {
      return !perInput ? String.valueOf(times) : times == 1 ? "N" : times + "N";
    }
  }

  /** A shape that has nothing to do with the number of inputs. */
  static Lengths of(Shape s) {
    return of(s, 1, s, 2);
  }

  /**
   * The lengths that give {@code a} for n inputs and {@code b} for m.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Lengths of(Shape a, int n, Shape b, int m) {
    List<Axis> axes = new ArrayList<>();
    boolean alike = a.rank() == b.rank();
    for (int i = 0; alike && i < a.rank(); i++) {
      int times = a.dim(i) / n;
      alike = a.dim(i) == b.dim(i) || (times * n == a.dim(i) && times * m == b.dim(i));
      axes.add(a.dim(i) == b.dim(i) ? new Axis(a.dim(i), false) : new Axis(times, true));
    }
    if (!alike) {
      throw new IllegalArgumentException(
          "a shape of %s for %d inputs and of %s for %d: an axis must have a length of its own, or"
                  .formatted(a, n, b, m)
              + " a multiple of the number of inputs");
    }
    return new Lengths(axes);
  }

  int rank() {
    return axes.size();
  }

  Axis axis(int i) {
    return axes.get(i);
  }

  /** Whether the shape is the same for any number of inputs. */
  boolean isFixed() {
    return axes.stream().noneMatch(Axis::perInput);
  }

  /** The axes whose length is a multiple of N. */
  int[] perInput() {
    return IntStream.range(0, rank()).filter(i -> axis(i).perInput()).toArray();
  }

  /** The last axes, {@code count} of them. */
  Lengths last(int count) {
    return new Lengths(axes.subList(rank() - count, rank()));
  }
}
