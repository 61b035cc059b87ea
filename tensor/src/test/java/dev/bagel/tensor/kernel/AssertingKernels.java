package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Any kernels, with the contract checked at every call: outputs are full of NaN before a kernel
 * runs, so that what it forgets to write is seen; inputs and everything around the output are the
 * same afterwards; lengths fit the geometry.
 */
public final class AssertingKernels implements Kernels {
  private final Kernels kernels;

  public AssertingKernels(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    Memory memory = new Memory(new Span(y, yo, n, false), x != y, new Span(x, xo, n, false));
    kernels.unary(f, x, xo, y, yo, n);
    memory.check(f.name());
  }

  @Override
  public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    Span left = new Span(a, ao, n, false);
    Memory memory =
        new Memory(new Span(y, yo, n, false), y != a && y != b, left, new Span(b, bo, n, false));
    kernels.binary(f, a, ao, b, bo, y, yo, n);
    memory.check(f.name());
  }

  @Override
  public void select(
      float[] m, int mo, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    Memory memory =
        new Memory(
            new Span(y, yo, n, false),
            y != m && y != a && y != b,
            new Span(m, mo, n, false),
            new Span(a, ao, n, false),
            new Span(b, bo, n, false));
    kernels.select(m, mo, a, ao, b, bo, y, yo, n);
    memory.check("select");
  }

  @Override
  public double sum(float[] x, int xo, int n) {
    return kernels.sum(x, xo, n);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    return kernels.max(x, xo, n);
  }

  @Override
  public Kernel matmul(Product g, Span a, Span b, Span c, Epilogue then) {
    assertEquals(g.batch() * g.m() * g.n(), c.length());
    Pieces pieces = new Pieces(c, then);
    Kernel kernel = kernels.matmul(g, a, b, c, then == Epilogue.NONE ? then : pieces);
    return checked(g, pieces.around(kernel), c, a, b);
  }

  @Override
  public Kernel conv(Conv g, Span x, Span w, Span y, Epilogue then) {
    lengths(g, x, w, y);
    Pieces pieces = new Pieces(y, then);
    Kernel kernel = kernels.conv(g, x, w, y, then == Epilogue.NONE ? then : pieces);
    return checked(g, pieces.around(kernel), y, x, w);
  }

  @Override
  public Kernel convInput(Conv g, Span dy, Span w, Span dx, Epilogue then) {
    lengths(g, dx, w, dy);
    Pieces pieces = new Pieces(dx, then);
    Kernel kernel = kernels.convInput(g, dy, w, dx, then == Epilogue.NONE ? then : pieces);
    return checked(g, pieces.around(kernel), dx, dy, w);
  }

  @Override
  public Kernel convFilter(Conv g, Span x, Span dy, Span dw) {
    lengths(g, x, dw, dy);
    return checked(g, kernels.convFilter(g, x, dy, dw), dw, x, dy);
  }

  private static void lengths(Conv g, Span x, Span w, Span y) {
    assertEquals(g.input().size(), x.length());
    assertEquals(g.filters().size(), w.length());
    assertEquals(g.output().size(), y.length());
  }

  @Override
  public Kernel maxTake(Window g, Span selector, Span u, Span y) {
    lengths(g, selector, y);
    lengths(g, u, y);
    return checked(g, kernels.maxTake(g, selector, u, y), y, selector, u);
  }

  @Override
  public Kernel maxPut(Window g, Span selector, Span y, Span x, Epilogue then) {
    lengths(g, selector, y);
    lengths(g, x, y);
    Pieces pieces = new Pieces(x, then);
    Kernel kernel = kernels.maxPut(g, selector, y, x, then == Epilogue.NONE ? then : pieces);
    return checked(g, pieces.around(kernel), x, selector, y);
  }

  @Override
  public Kernel meanTake(Window g, Span x, Span y) {
    lengths(g, x, y);
    return checked(g, kernels.meanTake(g, x, y), y, x);
  }

  @Override
  public Kernel meanPut(Window g, Span y, Span x) {
    lengths(g, x, y);
    return checked(g, kernels.meanPut(g, y, x), x, y);
  }

  private static void lengths(Window g, Span x, Span y) {
    assertEquals(g.input().size(), x.length());
    assertEquals(g.output().size(), y.length());
  }

  @Override
  public Kernel logSoftmax(int rows, int k, Span x, Span y) {
    assertEquals(rows * k, x.length());
    assertEquals(rows * k, y.length());
    return checked("logSoftmax", kernels.logSoftmax(rows, k, x, y), y, x);
  }

  private static Kernel checked(Object geometry, Kernel kernel, Span output, Span... inputs) {
    boolean apart = Arrays.stream(inputs).noneMatch(i -> i.array() == output.array());
    return () -> {
      Memory memory = new Memory(output, apart, inputs);
      kernel.run();
      memory.check(geometry.toString());
    };
  }

  /** An epilogue that is checked: it sees each element once, when it is final. */
  private static final class Pieces implements Epilogue {
    private final Span output;
    private final Epilogue then;
    private final int[] bits;
    private final AtomicIntegerArray seen;

    Pieces(Span output, Epilogue then) {
      this.output = output;
      this.then = then;
      bits = new int[output.length()];
      seen = new AtomicIntegerArray(output.length());
    }

    @Override
    public void run(int from, int to) {
      Scratch.floats(64)[0] = Float.NaN; // what a kernel keeps there is lost
      for (int i = from; i < to; i++) {
        bits[i] = Float.floatToRawIntBits(output.array()[output.offset() + i]);
        seen.incrementAndGet(i);
      }
      then.run(from, to);
    }

    Kernel around(Kernel kernel) {
      return then == Epilogue.NONE
          ? kernel
          : () -> {
            for (int i = 0; i < bits.length; i++) {
              seen.set(i, 0);
            }
            kernel.run();
            for (int i = 0; i < bits.length; i++) {
              assertEquals(1, seen.get(i), "an epilogue sees element " + i + " once");
              int now = Float.floatToRawIntBits(output.array()[output.offset() + i]);
              assertEquals(now, bits[i], "element " + i + " is final when an epilogue sees it");
            }
          };
    }
  }

  /** What memory held before a kernel ran. */
  private static final class Memory {
    private final Span output;
    private final float[] around;
    private final Span[] inputs;
    private final float[][] before;
    private final boolean apart;

    Memory(Span output, boolean apart, Span... inputs) {
      this.output = output;
      this.apart = apart;
      this.inputs = inputs;
      if (apart) {
        Arrays.fill(output.array(), output.offset(), end(), POISON);
      }
      around = output.array().clone();
      before = Arrays.stream(inputs).map(i -> i.array().clone()).toArray(float[][]::new);
    }

    /** A NaN that no kernel computes. */
    private static final float POISON = Float.intBitsToFloat(0x7fc0beef);

    private int end() {
      return output.offset() + output.length();
    }

    void check(String what) {
      float[] y = output.array();
      for (int i = 0; i < y.length; i++) {
        boolean inside = i >= output.offset() && i < end();
        int bits = Float.floatToRawIntBits(y[i]);
        if (!inside) {
          assertEquals(Float.floatToRawIntBits(around[i]), bits, what + " wrote outside, at " + i);
        } else if (apart && bits == Float.floatToRawIntBits(POISON)) {
          throw new AssertionError(what + " did not write element " + (i - output.offset()));
        }
      }
      for (int i = 0; apart && i < inputs.length; i++) {
        assertArrayEquals(before[i], inputs[i].array(), what + " changed an input");
      }
    }
  }
}
