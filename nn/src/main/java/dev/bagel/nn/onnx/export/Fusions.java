package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.BinaryOp;
import dev.bagel.autodiff.Convolution;
import dev.bagel.autodiff.Gather;
import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.LogSoftmax;
import dev.bagel.autodiff.MatMul;
import dev.bagel.autodiff.Op;
import dev.bagel.autodiff.UnaryOp;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.Where;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The compositions that ONNX has an operator for, so that a file reads like one of other programs
 * and runs as fast: what {@link dev.bagel.autodiff.Fn} composes is recognised here.
 *
 * <p>A pattern that does not fit costs nothing but speed: the operations are written one by one.
 */
final class Fusions {
  private final IdentityHashMap<Var, Integer> uses = new IdentityHashMap<>();
  private final List<Function<Var, Optional<Tile>>> patterns =
      List.of(
          this::biased,
          Normalizations::batchNormalization,
          Normalizations::layerNormalization,
          Fusions::softmax,
          Fusions::mean,
          Fusions::clip,
          Fusions::piecewise,
          Fusions::masked,
          Fusions::lookup,
          Fusions::reshapedTwice);

  Fusions(Trace trace) {
    uses.merge(trace.output(), 1, Integer::sum);
    for (Var v : trace.history()) {
      v.args().forEach(a -> uses.merge(a, 1, Integer::sum));
    }
  }

  /** The largest known composition that this is the result of. */
  Optional<Tile> endingAt(Var y) {
    return patterns.stream().flatMap(p -> p.apply(y).stream()).findFirst();
  }

  // ---- words of patterns
  // --------------------------------------------------------------------------

  /** The arguments of {@code v} if that is what it was made by; else none. */
  static List<Var> args(Var v, Op op) {
    return v.isSymbolic() && op.equals(v.op()) ? v.args() : List.of();
  }

  /** The same for what depends on parameters alone. */
  static List<Var> constantArgs(Var v, Op op) {
    return !v.isSymbolic() && op.equals(v.op()) ? v.args() : List.of();
  }

  static boolean is(Var v, Class<? extends Op> kind) {
    return v.isSymbolic() && kind.isInstance(v.op());
  }

  /** The number that a constant of one element is. */
  static Optional<Float> number(Var v) {
    return !v.isRecorded() && v.size() == 1 ? Optional.of(v.value().get(0)) : Optional.empty();
  }

  // ---- patterns
  // -----------------------------------------------------------------------------------

  /** x ∗ w + b and x·W + b: a third operand. */
  private Optional<Tile> biased(Var y) {
    List<Var> sum = args(y, BinaryOp.ADD);
    if (sum.isEmpty()) {
      return Optional.empty();
    }
    return Stream.of(0, 1).flatMap(i -> biased(y, sum.get(i), sum.get(1 - i)).stream()).findFirst();
  }

  private Optional<Tile> biased(Var y, Var product, Var bias) {
    Shape s = product.shape();
    boolean alone = uses.get(product) == 1 && !bias.isSymbolic() && y.shape().equals(s);
    if (!alone || product.op() == null || !product.isSymbolic()) {
      return Optional.empty();
    }
    if (product.op() instanceof MatMul op && s.rank() == 2 && bias.size() == s.dim(1)) {
      boolean row = bias.shape().rank() > 0 && bias.shape().dim(-1) == s.dim(1);
      return !row
          ? Optional.empty()
          : withBias(y, product, bias, (out, x) -> Operators.gemm(out, op, x));
    }
    Shape channel = Shape.of(s.rank() == 4 ? s.dim(1) : 1, 1, 1);
    boolean perChannel =
        s.rank() == 4
            && (bias.shape().equals(channel) || bias.shape().equals(Shape.of(1).concat(channel)));
    if (perChannel && is(product, Convolution.Forward.class)) {
      return withBias(y, product, bias, (out, x) -> Windows.conv(out, product, x));
    }
    if (perChannel && is(product, Convolution.ToInput.class)) {
      return withBias(y, product, bias, (out, x) -> Windows.convTranspose(out, product, x));
    }
    return Optional.empty();
  }

  private static Optional<Tile> withBias(Var y, Var product, Var bias, Tile.Writing writing) {
    return Optional.of(
        new Tile(
            y,
            product.args(),
            (out, x) ->
                writing.write(
                    out, List.of(x.get(0), x.get(1), out.value(bias, Shape.of(bias.size()))))));
  }

  /** exp(log softmax x). */
  private static Optional<Tile> softmax(Var y) {
    return args(y, UnaryOp.EXP).stream()
        .filter(v -> is(v, LogSoftmax.class))
        .map(
            v ->
                new Tile(
                    y, v.args(), (out, x) -> out.node("Softmax", x, Attributes.of("axis", -1))))
        .findFirst();
  }

  /** Σ x · 1/n over n elements. */
  private static Optional<Tile> mean(Var y) {
    return summed(y).map(sum -> new Tile(y, sum.args(), (out, x) -> Shapes.mean(out, sum, x)));
  }

  /** The sum that this is a mean of. */
  static Optional<Var> summed(Var y) {
    List<Var> factors = args(y, BinaryOp.MUL);
    if (factors.isEmpty() || !is(factors.get(0), Linear.SumTo.class)) {
      return Optional.empty();
    }
    Var sum = factors.get(0);
    int before = sum.args().get(0).size();
    Optional<Float> factor = number(factors.get(1));
    boolean isMean =
        factor.isPresent()
            && before > 0
            && factor.get() == (float) y.size() / before
            && y.shape().equals(sum.shape());
    return isMean ? Optional.of(sum) : Optional.empty();
  }

  /** min(max(x, low), high). */
  private static Optional<Tile> clip(Var y) {
    List<Var> upper = args(y, BinaryOp.MIN);
    List<Var> lower = upper.isEmpty() ? List.of() : args(upper.get(0), BinaryOp.MAX);
    if (lower.isEmpty()
        || number(upper.get(1)).isEmpty()
        || number(lower.get(1)).isEmpty()
        || number(lower.get(1)).get() > number(upper.get(1)).get()
        || !y.shape().equals(lower.get(0).shape())) {
      return Optional.empty();
    }
    return Optional.of(
        new Tile(
            y,
            List.of(lower.get(0)),
            (out, x) ->
                out.node(
                    "Clip",
                    List.of(
                        x.get(0),
                        out.number(number(lower.get(1)).get()),
                        out.number(number(upper.get(1)).get())))));
  }

  /** x > 0 ? x : slope · x, and x > 0 ? x : α (e^min(x, 0) − 1). */
  private static Optional<Tile> piecewise(Var y) {
    List<Var> where = args(y, new Where());
    if (where.isEmpty() || !args(where.get(0), UnaryOp.STEP).equals(List.of(where.get(1)))) {
      return Optional.empty();
    }
    Var x = where.get(1);
    List<Var> below = args(where.get(2), BinaryOp.MUL);
    Optional<Float> factor = below.isEmpty() ? Optional.empty() : number(below.get(1));
    if (factor.isEmpty() || !where.get(2).shape().equals(x.shape())) {
      return Optional.empty();
    }
    if (below.get(0).equals(x)) {
      return activation(y, x, "LeakyRelu", factor.get());
    }
    List<Var> growth = args(below.get(0), UnaryOp.EXPM1);
    List<Var> min = growth.isEmpty() ? List.of() : args(growth.get(0), BinaryOp.MIN);
    boolean isElu =
        !min.isEmpty() && min.get(0).equals(x) && number(min.get(1)).equals(Optional.of(0f));
    return isElu ? activation(y, x, "Elu", factor.get()) : Optional.empty();
  }

  private static Optional<Tile> activation(Var y, Var x, String operator, float alpha) {
    return Optional.of(
        new Tile(
            y, List.of(x), (out, in) -> out.node(operator, in, Attributes.of("alpha", alpha))));
  }

  /** A choice by a comparison, whose result need not become a number first. */
  private static Optional<Tile> masked(Var y) {
    List<Var> where = args(y, new Where());
    if (where.isEmpty()) {
      return Optional.empty();
    }
    List<Var> positive = args(where.get(0), UnaryOp.STEP);
    List<Var> atLeast = args(where.get(0), BinaryOp.AT_LEAST);
    if (!positive.isEmpty()) {
      return Optional.of(
          new Tile(
              y,
              List.of(positive.get(0), where.get(1), where.get(2)),
              (out, x) ->
                  out.node(
                      "Where", List.of(Operators.positive(out, x.get(0)), x.get(1), x.get(2)))));
    }
    if (!atLeast.isEmpty()) {
      return Optional.of(
          new Tile(
              y,
              List.of(atLeast.get(0), atLeast.get(1), where.get(1), where.get(2)),
              (out, x) ->
                  out.node(
                      "Where",
                      List.of(out.node("GreaterOrEqual", x.subList(0, 2)), x.get(2), x.get(3)))));
    }
    return Optional.empty();
  }

  /** Places that are known, shared and inside. */
  private static Optional<Tile> lookup(Var y) {
    List<Var> gather = args(y, new Gather());
    if (gather.isEmpty() || gather.get(1).isRecorded() || gather.get(1).shape().dim(0) != 1) {
      return Optional.empty();
    }
    Tensor places = gather.get(1).value();
    long[] whole = new long[places.size()];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) places.get(i);
      if (!(places.get(i) >= 0 && whole[i] < gather.get(0).shape().dim(2))) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new Tile(
            y,
            List.of(gather.get(0)),
            (out, x) ->
                out.node(
                    "Gather",
                    List.of(x.get(0), out.longs("places", whole)),
                    Attributes.of("axis", 2))));
  }

  /** A shape in between that nobody sees. */
  private static Optional<Tile> reshapedTwice(Var y) {
    Var x = y;
    while (is(x, Linear.Reshape.class)) {
      x = x.args().get(0);
    }
    if (x == y || x == y.args().get(0)) {
      return Optional.empty();
    }
    Var source = x;
    return Optional.of(
        new Tile(
            y,
            List.of(source),
            (out, in) ->
                source.shape().equals(y.shape())
                    ? in.get(0)
                    : Shapes.reshape(out, in.get(0), out.lengths(source), out.lengths(y))));
  }
}
