package dev.bagel.tensor.kernel;

import dev.bagel.tensor.Tensor;

/**
 * Where a kernel finds an operand: {@code length} floats of {@code array} from {@code offset} on.
 *
 * @param array the memory; a kernel keeps the reference and reads it again on every run
 * @param offset index of the first element
 * @param length number of elements
 * @param fixed whether the elements never change between the runs of a kernel, so that it may
 *     prepare them once (pack a weight matrix, transform a filter)
 */
public record Span(float[] array, int offset, int length, boolean fixed) {
  public Span {
    if (offset < 0 || length < 0 || offset > array.length - length) {
      throw new IndexOutOfBoundsException(
          "span " + offset + " + " + length + " of an array of " + array.length);
    }
  }

  /** The whole of an array whose elements may change. */
  public static Span of(float[] array) {
    return new Span(array, 0, array.length, false);
  }

  /** The elements of a tensor, which never change. */
  public static Span of(Tensor tensor) {
    float[] array = tensor.array();
    return new Span(array, 0, array.length, true);
  }

  /** A part of this span. */
  public Span part(int from, int count) {
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException("part " + from + " + " + count + " of " + length);
    }
    return new Span(array, offset + from, count, fixed);
  }
}
