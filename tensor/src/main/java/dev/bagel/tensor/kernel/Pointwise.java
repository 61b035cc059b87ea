package dev.bagel.tensor.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A chain of elementwise functions that runs block by block, so that what passes from one function
 * to the next stays in the first-level cache.
 *
 * <p>A chain is written like a tiny program over registers:
 *
 * <pre>{@code
 * Pointwise p = new Pointwise(shape);
 * int x = p.input(a, strides), b = p.input(bias, biasStrides);
 * p.output(p.unary(Unary.RELU, p.binary(Binary.ADD, x, b)), y);
 * Kernel reluOfSum = p.kernel(kernels);
 * }</pre>
 *
 * <p>It can be read as well, register by register ({@link #registers}): that is how a device with
 * kernels of another kind runs it.
 *
 * <p>An input may be read with any strides: 0 repeats (broadcasting), a permutation transposes. It
 * is expanded into the block first, after which every function is the same straight loop. A chain
 * of one function is how an eager operation runs, so fusing changes no bit of a result.
 */
public final class Pointwise {
  private static final int BLOCK = 1024;

  private final int[] dims;
  private final int size;
  private final List<Register> registers = new ArrayList<>();

  /** A chain over {@code dims} elements in row-major order. */
  public Pointwise(int... dims) {
    this.dims = dims.clone();
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    size = n;
  }

  /** How the elements of a register come about. */
  public enum Source {
    /** An input in the order of the output. */
    STRAIGHT,
    /** An input read with strides of its own. */
    STRIDED,
    UNARY,
    BINARY,
    SELECT
  }

  /**
   * One line of the program: an input, or a function of registers before it.
   *
   * @param unary the function, if it is one of one argument; else null
   * @param binary the function, if it is one of two; else null
   * @param a the register of the first argument; of a selection, the mask
   * @param b the register of the second argument
   * @param c the register of the third
   * @param memory of an input, where to read; of a function, where to leave the result, or null
   * @param walk of an input, in which order to read; else null
   */
  public record Register(
      Source source, Unary unary, Binary binary, int a, int b, int c, Span memory, Walk walk) {
    private Register to(Span y) {
      return new Register(source, unary, binary, a, b, c, y, walk);
    }
  }

  /** Reads {@code span} with these strides, one for each axis of the chain. */
  public int input(Span span, int... strides) {
    Walk walk = Walk.of(dims, strides);
    Source source = walk.isStraight() ? Source.STRAIGHT : Source.STRIDED;
    return add(new Register(source, null, null, 0, 0, 0, span, walk));
  }

  public int unary(Unary f, int x) {
    return add(new Register(Source.UNARY, f, null, x, 0, 0, null, null));
  }

  public int binary(Binary f, int a, int b) {
    return add(new Register(Source.BINARY, null, f, a, b, 0, null, null));
  }

  /** mask ≠ 0 ? a : b. */
  public int select(int mask, int a, int b) {
    return add(new Register(Source.SELECT, null, null, mask, a, b, null, null));
  }

  /**
   * Leaves a register in memory. The memory may be that of an input that is read straight: each
   * block is read before it is written.
   */
  public void output(int register, Span y) {
    if (y.length() != size) {
      throw new IllegalArgumentException("an output of " + y.length() + " for a chain of " + size);
    }
    Register r = registers.get(register);
    if (r.memory() != null) { // an input, or a result that is wanted twice
      output(unary(Unary.IDENTITY, register), y);
    } else {
      registers.set(register, r.to(y));
    }
  }

  private int add(Register r) {
    registers.add(r);
    return registers.size() - 1;
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /** The program, in the order in which it runs. */
  public List<Register> registers() {
    return List.copyOf(registers);
  }

  /** The chain as a kernel. */
  public Kernel kernel(Kernels kernels) {
    return epilogue(kernels).after(() -> {}, size);
  }

  /** The chain as what follows a kernel, one of whose results it reads straight. */
  public Epilogue epilogue(Kernels kernels) {
    return new Chain(kernels, registers.toArray(Register[]::new));
  }

  private static final class Chain implements Epilogue {
    private final Kernels kernels;
    private final Register[] registers;

    Chain(Kernels kernels, Register[] registers) {
      this.kernels = kernels;
      this.registers = registers;
    }

    @Override
    public void run(int from, int to) {
      float[] scratch = Scratch.floats(registers.length * BLOCK);
      for (int i = from; i < to; i += BLOCK) {
        int n = Math.min(BLOCK, to - i);
        for (int r = 0; r < registers.length; r++) {
          step(r, i, n, scratch);
        }
      }
    }

    private void step(int at, int i, int n, float[] s) {
      Register r = registers[at];
      switch (r.source()) {
        case STRAIGHT -> {}
        case STRIDED -> r.walk().read(r.memory(), i, n, s, at * BLOCK);
        case UNARY ->
            kernels.unary(r.unary(), array(r.a(), s), from(r.a(), i), array(at, s), from(at, i), n);
        case BINARY ->
            kernels.binary(
                r.binary(),
                array(r.a(), s),
                from(r.a(), i),
                array(r.b(), s),
                from(r.b(), i),
                array(at, s),
                from(at, i),
                n);
        case SELECT ->
            kernels.select(
                array(r.a(), s),
                from(r.a(), i),
                array(r.b(), s),
                from(r.b(), i),
                array(r.c(), s),
                from(r.c(), i),
                array(at, s),
                from(at, i),
                n);
      }
    }

    /** Where the block of a register is: in its memory if it has one, else in the scratch. */
    private float[] array(int register, float[] scratch) {
      Register r = registers[register];
      return r.memory() == null || r.source() == Source.STRIDED ? scratch : r.memory().array();
    }

    private int from(int register, int i) {
      Register r = registers[register];
      return r.memory() == null || r.source() == Source.STRIDED
          ? register * BLOCK
          : r.memory().offset() + i;
    }
  }

  /**
   * A walk over memory with one stride for each axis, the axes merged where they can be.
   *
   * @param dims the lengths of the axes; at least one axis
   * @param strides elements from one place to the next along each axis
   */
  public record Walk(int[] dims, int[] strides) {
    /** The walk over {@code dims} elements in row-major order. */
    public static Walk of(int[] dims, int... strides) {
      if (dims.length != strides.length) {
        throw new IllegalArgumentException(
            "strides " + Arrays.toString(strides) + " for axes " + Arrays.toString(dims));
      }
      int[] d = new int[dims.length + 1];
      int[] s = new int[dims.length + 1];
      int r = 0;
      d[0] = 1;
      s[0] = 1;
      for (int i = 0; i < dims.length; i++) {
        if (dims[i] == 1) {
          continue;
        }
        if (r > 0 && s[r - 1] == strides[i] * dims[i]) { // the same walk as one longer axis
          d[r - 1] *= dims[i];
          s[r - 1] = strides[i];
        } else {
          d[r] = dims[i];
          s[r++] = strides[i];
        }
      }
      return new Walk(Arrays.copyOf(d, Math.max(1, r)), Arrays.copyOf(s, Math.max(1, r)));
    }

    boolean isStraight() {
      return dims.length == 1 && strides[0] == 1;
    }

    /** Copies elements i … i+n−1 of the walk to y[yo …]. */
    void read(Span x, int i, int n, float[] y, int yo) {
      int last = dims.length - 1;
      int length = dims[last];
      int step = strides[last];
      float[] a = x.array();
      for (int end = i + n; i < end; ) {
        int in = i % length;
        int run = Math.min(length - in, end - i);
        int from = x.offset() + in * step;
        int rest = i / length;
        for (int d = last - 1; d >= 0; d--) {
          from += rest % dims[d] * strides[d];
          rest /= dims[d];
        }
        if (step == 0) {
          Arrays.fill(y, yo, yo + run, a[from]);
        } else if (step == 1) {
          System.arraycopy(a, from, y, yo, run);
        } else {
          for (int j = 0; j < run; j++) {
            y[yo + j] = a[from + j * step];
          }
        }
        i += run;
        yo += run;
      }
    }
  }
}
