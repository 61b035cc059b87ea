package dev.bagel.tensor.io;

import dev.bagel.tensor.Shape;

/** Counts through an array in row-major order and says where each element stands column-major. */
final class FortranOrder {
  private final int[] dims;
  private final int[] stride; // of the file: the first axis is the fastest
  private final int[] index;
  private int at;

  FortranOrder(Shape shape) {
    dims = shape.toArray();
    stride = new int[dims.length];
    index = new int[dims.length];
    int step = 1;
    for (int a = 0; a < dims.length; a++) {
      stride[a] = step;
      step *= dims[a];
    }
  }

  /** Where the next element is. */
  int next() {
    int here = at;
    for (int a = dims.length - 1; a >= 0; a--) { // an odometer, last axis fastest
      at += stride[a];
      if (++index[a] < dims[a]) {
        break;
      }
      at -= index[a] * stride[a];
      index[a] = 0;
    }
    return here;
  }
}
