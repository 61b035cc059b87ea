package dev.bagel.autodiff;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A graph drawn from a stream: operations of all kinds on leaves and on each other's results. What
 * is drawn depends on shapes alone, so the same stream gives the same graph of tensors and of
 * cells.
 */
public final class RandomGraph {
  private static final int LARGEST = 600; // elements; growing operations stop here

  private final Rng rng;
  private final List<Var> known;
  private int draws;

  public RandomGraph(Rng rng, List<Var> leaves) {
    this.rng = rng;
    this.known = new ArrayList<>(leaves);
  }

  /** Leaves with values near 1, of one to three axes. */
  public static List<Tensor> leaves(Rng rng) {
    Shape square = Shape.of(3, 3);
    Shape other = Shape.of(2, 1 + rng.below(0, 3), 4);
    Shape row = Shape.of(1 + rng.below(1, 4));
    return List.of(
        Tensor.gaussian(square, rng.at(0)),
        Tensor.gaussian(square, rng.at(1)),
        Tensor.gaussian(other, rng.at(2)),
        Tensor.gaussian(row, rng.at(3)));
  }

  /** Adds operations, and returns everything: the leaves, then each result. */
  public List<Var> grow(int operations) {
    for (int i = 0; i < operations; i++) {
      known.add(next());
    }
    return known;
  }

  int draw(int bound) {
    return rng.below(draws++, bound);
  }

  private Var any() {
    // recent ones more often: deep graphs
    int n = known.size();
    return known.get(draw(2) == 0 ? draw(n) : n - 1 - draw(Math.min(n, 6)));
  }

  private Var next() {
    Var x = any();
    int axis = x.shape().rank() == 0 ? 0 : draw(x.shape().rank());
    return switch (draw(20)) {
      case 0, 1, 2 -> unary(x);
      case 3, 4, 5, 6 -> binary(x, any());
      case 7 -> x.shape().rank() == 0 ? x.neg() : x.sumAxes(axis).mul(0.3f);
      case 8 -> x.shape().rank() == 0 ? x.abs() : x.meanAxes(axis);
      case 9 -> x.shape().rank() == 0 ? x.relu() : x.maxAxes(axis);
      case 10 -> reshaped(x);
      case 11 -> x.permute(order(x.shape().rank()));
      case 12 -> x.step().where(x, x.mul(0.1f));
      case 13 -> box(x);
      case 14, 15 -> product(x);
      case 16 -> x.shape().rank() == 0 || x.size() > LARGEST ? x : joined(x, axis);
      case 17 -> x.size() > LARGEST ? x.detach() : x.broadcastTo(Shape.of(2).concat(x.shape()));
      case 18 -> chosen(x);
      default -> x.shape().rank() == 0 ? x.square() : x.logSoftmax();
    };
  }

  private static final List<UnaryOp> TAME =
      List.of(
          UnaryOp.NEG,
          UnaryOp.ABS,
          UnaryOp.SIGN,
          UnaryOp.STEP,
          UnaryOp.FLOOR,
          UnaryOp.RELU,
          UnaryOp.SIN,
          UnaryOp.COS,
          UnaryOp.TANH,
          UnaryOp.SIGMOID,
          UnaryOp.SOFTPLUS,
          UnaryOp.ERF);

  private Var unary(Var x) {
    int which = draw(TAME.size() + 3);
    return switch (which - TAME.size()) {
      case 0 -> x.tanh().exp();
      case 1 -> x.softplus().add(0.1f).log();
      case 2 -> x.square().add(0.1f).sqrt();
      default -> Var.of(TAME.get(which), x);
    };
  }

  private Var binary(Var a, Var b) {
    Var fitting = fits(a.shape(), b.shape()) ? b : b.mean();
    if (a.shape().broadcast(fitting.shape()).size() > LARGEST) {
      fitting = b.mean();
    }
    return switch (draw(7)) {
      case 0 -> a.add(fitting);
      case 1 -> a.sub(fitting);
      case 2 -> fitting.sub(a);
      case 3 -> a.mul(fitting).tanh();
      case 4 -> a.div(fitting.square().add(1));
      case 5 -> a.max(fitting);
      default -> fitting.atLeast(a).where(a, fitting);
    };
  }

  private static boolean fits(Shape a, Shape b) {
    for (int i = 1; i <= Math.min(a.rank(), b.rank()); i++) {
      if (a.dim(-i) != b.dim(-i) && a.dim(-i) != 1 && b.dim(-i) != 1) {
        return false;
      }
    }
    return true;
  }

  private Var reshaped(Var x) {
    int part = 1 + draw(4);
    return x.size() % part == 0 ? x.reshape(part, x.size() / part) : x.reshape(x.size());
  }

  private int[] order(int rank) {
    int[] order = IntStream.range(0, rank).toArray();
    for (int i = rank - 1; i > 0; i--) {
      int j = draw(i + 1);
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    return order;
  }

  /** A slice with steps of either sign, or the same box put into zeros. */
  private Var box(Var x) {
    int rank = x.shape().rank();
    int[] from = new int[rank];
    int[] step = new int[rank];
    int[] to = new int[rank];
    for (int i = 0; i < rank; i++) {
      int n = x.shape().dim(i);
      int stride = 1 + draw(2);
      to[i] = 1 + draw(1 + (n - 1) / stride);
      boolean back = draw(3) == 0;
      from[i] = back ? (to[i] - 1) * stride : 0;
      step[i] = back ? -stride : stride;
    }
    Var slice = x.slice(from, step, Shape.of(to));
    return draw(3) == 0 ? slice.tanh().place(from, step, x.shape()) : slice;
  }

  private Var product(Var x) {
    Var a = x.shape().rank() < 2 ? x.reshape(1, x.size()) : x;
    int m = a.shape().dim(-2);
    int k = a.shape().dim(-1);
    if (draw(2) == 0) {
      return a.size() / k * m > LARGEST ? a : a.matmul(a, false, true).tanh();
    }
    return a.size() / m * k > LARGEST ? a : a.matmul(a, true, false).tanh();
  }

  private Var joined(Var x, int axis) {
    return draw(2) == 0 ? Var.concat(axis, x, x.cos()) : Var.concat(axis, x.abs(), x, x);
  }

  /** Reads places that are computed, or pools windows. */
  private Var chosen(Var x) {
    Var row = x.reshape(1, 1, x.size());
    Var places = x.sin().add(1).mul(0.5f * x.size()).reshape(1, x.size());
    return draw(2) == 0 ? row.gather(places) : row.scatter(places, 1 + draw(5));
  }

  /** Some of what is known. */
  public List<Var> some(int n) {
    Var[] chosen = new Var[n];
    Arrays.setAll(chosen, i -> any());
    return List.of(chosen);
  }
}
