package dev.bagel.nn.onnx.export;

import static dev.bagel.nn.onnx.export.Fusions.args;
import static dev.bagel.nn.onnx.export.Fusions.constantArgs;
import static dev.bagel.nn.onnx.export.Fusions.number;

import dev.bagel.autodiff.BinaryOp;
import dev.bagel.autodiff.UnaryOp;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Recognises {@link dev.bagel.autodiff.Fn#normalize} and {@link dev.bagel.autodiff.Fn#layerNorm}.
 */
final class Normalizations {
  private Normalizations() {}

  /** (x − μ) · (γ / √(σ² + ε)) + β for every channel, with constants. */
  static Optional<Tile> batchNormalization(Var y) {
    List<Var> sum = args(y, BinaryOp.ADD);
    List<Var> product = sum.isEmpty() ? sum : args(sum.get(0), BinaryOp.MUL);
    List<Var> centred = product.isEmpty() ? product : args(product.get(0), BinaryOp.SUB);
    List<Var> factor = centred.isEmpty() ? centred : constantArgs(product.get(1), BinaryOp.DIV);
    List<Var> root = factor.isEmpty() ? factor : constantArgs(factor.get(1), UnaryOp.SQRT);
    List<Var> variance = root.isEmpty() ? root : constantArgs(root.get(0), BinaryOp.ADD);
    Optional<Float> epsilon = variance.isEmpty() ? Optional.empty() : number(variance.get(1));
    if (epsilon.isEmpty()) {
      return Optional.empty();
    }
    Var x = centred.get(0);
    List<Var> numbers = List.of(factor.get(0), sum.get(1), centred.get(1), variance.get(0));
    if (!numbers.stream().allMatch(v -> isPerChannel(v, x.shape()))) {
      return Optional.empty();
    }
    Shape channels = Shape.of(x.shape().dim(1));
    return Optional.of(
        new Tile(
            y,
            List.of(x),
            (out, in) ->
                out.node(
                    "BatchNormalization",
                    List.of(
                        in.get(0),
                        out.value(numbers.get(0), channels),
                        out.value(numbers.get(1), channels),
                        out.value(numbers.get(2), channels),
                        out.value(numbers.get(3), channels)),
                    Attributes.of("epsilon", epsilon.get()))));
  }

  private static boolean isPerChannel(Var v, Shape x) {
    if (v.isSymbolic() || x.rank() < 2 || v.size() != x.dim(1)) {
      return false;
    }
    return v.shape().broadcast(Shape.of(1)).equals(v.shape())
        && v.shape().rank() <= x.rank()
        && v.shape().rank() >= x.rank() - 1
        && v.shape().dim(1 - x.rank()) == x.dim(1);
  }

  /** (x − μ) / √(σ² + ε) · γ + β over the last axes, with statistics of x itself. */
  static Optional<Tile> layerNormalization(Var y) {
    List<Var> sum = args(y, BinaryOp.ADD);
    List<Var> product = sum.isEmpty() ? sum : args(sum.get(0), BinaryOp.MUL);
    List<Var> quotient = product.isEmpty() ? product : args(product.get(0), BinaryOp.DIV);
    List<Var> centred = quotient.isEmpty() ? quotient : args(quotient.get(0), BinaryOp.SUB);
    List<Var> root = centred.isEmpty() ? centred : args(quotient.get(1), UnaryOp.SQRT);
    List<Var> variance = root.isEmpty() ? root : args(root.get(0), BinaryOp.ADD);
    Optional<Float> epsilon = variance.isEmpty() ? Optional.empty() : number(variance.get(1));
    if (epsilon.isEmpty()) {
      return Optional.empty();
    }
    Var x = centred.get(0);
    Var scale = product.get(1);
    Var shift = sum.get(1);
    Var c = quotient.get(0);
    int axes = scale.shape().rank();
    boolean fits =
        isMeanOverLast(axes, centred.get(1), List.of(x))
            && isMeanOfSquaresOverLast(axes, variance.get(0), c)
            && !scale.isSymbolic()
            && !shift.isSymbolic()
            && axes > 0
            && axes <= x.shape().rank()
            && scale.shape().equals(x.shape().sub(x.shape().rank() - axes, x.shape().rank()))
            && shift.shape().equals(scale.shape());
    return !fits
        ? Optional.empty()
        : Optional.of(
            new Tile(
                y,
                List.of(x, scale, shift),
                (out, in) ->
                    out.node(
                        "LayerNormalization",
                        in,
                        Attributes.of("axis", -axes).and("epsilon", epsilon.get()))));
  }

  private static boolean isMeanOfSquaresOverLast(int axes, Var mean, Var c) {
    Optional<Var> sum = Fusions.summed(mean);
    return sum.isPresent()
        && args(sum.get().args().get(0), BinaryOp.MUL).equals(List.of(c, c))
        && isMeanOverLast(axes, mean, sum.get().args());
  }

  private static boolean isMeanOverLast(int axes, Var mean, List<Var> of) {
    Optional<Var> sum = Fusions.summed(mean);
    if (sum.isEmpty() || !sum.get().args().equals(of) || axes > of.get(0).shape().rank()) {
      return false;
    }
    int[] last = new int[axes];
    Arrays.setAll(last, i -> -1 - i);
    return axes > 0 && mean.shape().equals(of.get(0).shape().keep1(last));
  }
}
