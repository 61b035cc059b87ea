package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Reduction;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear map y = Ax of one argument. Its gradient is the adjoint map, x̄ = Aᵀȳ, which is a {@code
 * Linear} too: they come in pairs, and ⟨Ax, v⟩ = ⟨x, Aᵀv⟩ tests both at once, without finite
 * differences.
 */
public sealed interface Linear extends Op {
  Shape shape(Shape x);

  Kernel kernel(Kernels kernels, Operand y, Operand x);

  /** Aᵀ, where x has shape {@code in}. */
  Linear adjoint(Shape in);

  @Override
  default Shape shape(List<Shape> x) {
    return shape(x.get(0));
  }

  @Override
  default Kernel kernel(Kernels kernels, Operand y, List<Operand> x) {
    return kernel(kernels, y, x.get(0));
  }

  @Override
  default Var vjp(int i, Var g, List<Var> x, Var y) {
    return Var.of(adjoint(x.get(0).shape()), g);
  }

  /** A map that only says where to read: a plan reads through it instead of making a copy. */
  sealed interface Reading extends Linear {
    /** Elements to skip at the start of x. */
    default int offset(Shape x) {
      return 0;
    }

    /** Elements of x from one element of y to the next, along each axis of y. */
    int[] strides(Shape x);

    @Override
    default Kernel kernel(Kernels kernels, Operand y, Operand x) {
      Pointwise copy = new Pointwise(y.shape().toArray());
      copy.output(read(copy, x), y.span());
      return copy.kernel(kernels);
    }

    /** The register of x, read this way. */
    default int read(Pointwise chain, Operand x) {
      int skip = offset(x.shape());
      return chain.input(x.span().part(skip, x.span().length() - skip), strides(x.shape()));
    }
  }

  /** The same elements in another shape; a plan gives it the memory of its argument. */
  record Reshape(Shape to) implements Linear {
    @Override
    public Shape shape(Shape x) {
      if (x.size() != to.size()) {
        throw new ShapeException(
            "reshape %s to %s: %d and %d elements", x, to, x.size(), to.size());
      }
      return to;
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, Operand x) {
      return () ->
          System.arraycopy(
              x.span().array(), x.span().offset(), y.span().array(), y.span().offset(), to.size());
    }

    @Override
    public Linear adjoint(Shape in) {
      return new Reshape(in);
    }
  }

  /** Repeats axes of length 1. */
  record BroadcastTo(Shape to) implements Reading {
    @Override
    public Shape shape(Shape x) {
      x.broadcastStrides(to); // throws if it does not fit
      return to;
    }

    @Override
    public int[] strides(Shape x) {
      return x.broadcastStrides(to);
    }

    @Override
    public Linear adjoint(Shape in) {
      return new SumTo(in);
    }
  }

  /** Sums the axes that broadcasting would have repeated. */
  record SumTo(Shape to) implements Linear {
    @Override
    public Shape shape(Shape x) {
      to.broadcastStrides(x);
      return to;
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, Operand x) {
      return new Reduction(kernels, Reduction.Of.SUM, x.shape(), to, x.span(), y.span());
    }

    @Override
    public Linear adjoint(Shape in) {
      return new BroadcastTo(in);
    }
  }

  /** Moves axis {@code order[i]} to place i. */
  record Permute(List<Integer> order) implements Reading {
    Permute(int... order) {
      this(Arrays.stream(order).boxed().toList());
    }

    @Override
    public Shape shape(Shape x) {
      boolean all = IntStream.range(0, x.rank()).allMatch(order::contains);
      if (order.size() != x.rank() || !all) {
        throw new ShapeException("permute %s by %s: every axis must appear once", x, order);
      }
      return Shape.of(order.stream().mapToInt(x::dim).toArray());
    }

    @Override
    public int[] strides(Shape x) {
      int[] s = x.strides();
      return order.stream().mapToInt(a -> s[a]).toArray();
    }

    @Override
    public Linear adjoint(Shape in) {
      int[] back = new int[order.size()];
      for (int i = 0; i < back.length; i++) {
        back[order.get(i)] = i;
      }
      return new Permute(back);
    }
  }

  /**
   * A box out of x: along each axis, {@code to} elements from {@code from} on, {@code step} apart.
   */
  record Slice(List<Integer> from, List<Integer> step, Shape to) implements Reading {
    @Override
    public Shape shape(Shape x) {
      checkBox("slice", x, from, step, to);
      return to;
    }

    @Override
    public int offset(Shape x) {
      return to.size() == 0 ? 0 : boxOffset(x, from);
    }

    @Override
    public int[] strides(Shape x) {
      return boxStrides(x, step);
    }

    @Override
    public Linear adjoint(Shape in) {
      return new Place(from, step, in);
    }
  }

  /** Puts x as a box into zeros of shape {@code whole}; padding is this. */
  record Place(List<Integer> from, List<Integer> step, Shape whole) implements Linear {
    @Override
    public Shape shape(Shape x) {
      checkBox("place", whole, from, step, x);
      return whole;
    }

    /** Where in the whole the first element of x goes. */
    public int offset() {
      return boxOffset(whole, from);
    }

    /** Elements of the whole from one element of x to the next, along each axis. */
    public int[] strides() {
      return boxStrides(whole, step);
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, Operand x) {
      Scattered copy = new Scattered(x, y.span(), offset(), strides());
      return () -> {
        Span s = y.span();
        Arrays.fill(s.array(), s.offset(), s.offset() + s.length(), 0);
        copy.run();
      };
    }

    @Override
    public Linear adjoint(Shape in) {
      return new Slice(from, step, in);
    }
  }

  /** Mean pooling. */
  record MeanTake(Window g) implements Linear {
    @Override
    public Shape shape(Shape x) {
      return expect(this, x, g.input(), g.output());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, Operand x) {
      return kernels.meanTake(g, x.span(), y.span());
    }

    @Override
    public Linear adjoint(Shape in) {
      return new MeanPut(g);
    }
  }

  /** Gives every cell of a window its share of the window's value. */
  record MeanPut(Window g) implements Linear {
    @Override
    public Shape shape(Shape x) {
      return expect(this, x, g.output(), g.input());
    }

    @Override
    public Kernel kernel(Kernels kernels, Operand y, Operand x) {
      return kernels.meanPut(g, x.span(), y.span());
    }

    @Override
    public Linear adjoint(Shape in) {
      return new MeanTake(g);
    }
  }

  private static Shape expect(Op op, Shape got, Shape wanted, Shape result) {
    if (!got.equals(wanted)) {
      throw new ShapeException("%s of %s: %s is expected", op.label(), got, wanted);
    }
    return result;
  }

  private static void checkBox(
      String what, Shape whole, List<Integer> from, List<Integer> step, Shape box) {
    int rank = whole.rank();
    boolean fits = box.rank() == rank && from.size() == rank && step.size() == rank;
    for (int i = 0; fits && i < rank; i++) {
      int n = box.dim(i);
      long last = from.get(i) + (n - 1L) * step.get(i);
      fits =
          n == 0
              || (isIndex(from.get(i), whole.dim(i))
                  && isIndex(last, whole.dim(i))
                  && (n == 1 || step.get(i) != 0)); // a place filled twice would not be linear
    }
    if (!fits) {
      throw new ShapeException(
          "%s: a box %s from %s by %s does not lie in %s", what, box, from, step, whole);
    }
  }

  private static boolean isIndex(long i, int length) {
    return i >= 0 && i < length;
  }

  private static int boxOffset(Shape whole, List<Integer> from) {
    int[] s = whole.strides();
    int at = 0;
    for (int i = 0; i < s.length; i++) {
      at += s[i] * from.get(i);
    }
    return at;
  }

  private static int[] boxStrides(Shape whole, List<Integer> step) {
    int[] s = whole.strides();
    for (int i = 0; i < s.length; i++) {
      s[i] *= step.get(i);
    }
    return s;
  }
}
