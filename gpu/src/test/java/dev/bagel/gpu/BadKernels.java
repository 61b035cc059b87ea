package dev.bagel.gpu;

import com.aparapi.Kernel;

/** Kernels that break one {@link KernelRule} each. */
final class BadKernels {
  private BadKernels() {}

  /** What they compute with. */
  abstract static class Base extends Kernel {
    float[] x = new float[16];
    int n;
  }

  /** {@link KernelRule#FIELDS_ARE_INTS_FLOATS_AND_THEIR_ARRAYS}. */
  static final class BooleanField extends Base {
    boolean twice;

    @Override
    public void run() {
      x[getGlobalId()] = twice ? 2f : 1f;
    }
  }

  /** {@link KernelRule#NO_WORDS_OF_OPENCL}. */
  static final class Word extends Base {
    @Override
    public void run() {
      float half = x[0] * 0.5f;
      x[0] = half * half;
    }
  }

  /** {@link KernelRule#NO_SWITCH}. */
  static final class Switch extends Base {
    @Override
    public void run() {
      switch (n) {
        case 1 -> x[0] = 1f;
        case 2 -> x[0] = 2f;
        default -> x[0] = 3f;
      }
    }
  }

  /** {@link KernelRule#NO_WRITES_TO_FIELDS}. */
  static final class Write extends Base {
    @Override
    public void run() {
      n = 1;
    }
  }

  /** {@link KernelRule#UNSIGNED_SHIFTS_STAND_ALONE}. */
  static final class Shift extends Base {
    @Override
    public void run() {
      x[0] = (n >>> 28) + n;
    }
  }

  /** {@link KernelRule#NO_MAX_AND_MIN_OF_FLOATS}. */
  static final class Max extends Base {
    @Override
    public void run() {
      x[0] = max(x[1], 0f);
    }
  }

  /** {@link KernelRule#NO_REMAINDER_OF_FLOATS}. */
  static final class Remainder extends Base {
    @Override
    public void run() {
      x[0] = x[1] % x[2];
    }
  }

  /** {@link KernelRule#NO_DOUBLES}. */
  static final class Doubles extends Base {
    @Override
    public void run() {
      x[0] = (float) (x[1] * 0.1);
    }
  }

  /** {@link KernelRule#ARRAYS_HAVE_CONSTANT_SIZES}. */
  static final class Size extends Base {
    @Override
    public void run() {
      float[] y = new float[n];
      y[0] = 1f;
      x[0] = y[0];
    }
  }

  /** {@link KernelRule#NO_OBJECTS}. */
  static final class Objects extends Base {
    @Override
    public void run() {
      if (n < 0) {
        throw new IllegalStateException("negative");
      }
    }
  }

  /** {@link KernelRule#NO_NAMES_OF_GETTERS}. */
  static final class Getter extends Base {
    static int isNegative(float v) {
      return v < 0f ? 1 : 0;
    }

    @Override
    public void run() {
      x[0] = isNegative(x[1]);
    }
  }

  /** {@link KernelRule#NO_RECURSION}. */
  static final class Recursion extends Base {
    final int sum(int k) {
      return k == 0 ? 0 : k + sum(k - 1);
    }

    @Override
    public void run() {
      x[0] = sum(n);
    }
  }

  /** An array of its own that is read before it is written: zeros here, anything there. */
  static final class Unset extends Base {
    @Override
    public void run() {
      float[] y = new float[4];
      x[0] = y[n];
      y[n] = 1f;
    }
  }
}
