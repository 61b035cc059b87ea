package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Operators that bring elements to a common scale, and the softmax. */
final class Normalisation {
  private Normalisation() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "Softmax", Operator.one(c -> alongRows(c, Fn::softmax)),
          "LogSoftmax", Operator.one(c -> alongRows(c, Var::logSoftmax)),
          "BatchNormalization", Normalisation::batch,
          "InstanceNormalization", Operator.one(Normalisation::instance),
          "LayerNormalization", Normalisation::layer,
          "RMSNormalization", Operator.one(Normalisation::rootMeanSquare),
          "GroupNormalization", Operator.one(Normalisation::group),
          "MeanVarianceNormalization", Operator.one(Normalisation::meanVariance),
          "LpNormalization", Operator.one(Normalisation::lp),
          "Dropout", Normalisation::dropout);

  /**
   * A function of rows, along the axis that the node names. Until version 12 a row was everything
   * from that axis on, and the axis was 1 unless said otherwise.
   */
  static Var alongRows(Call c, UnaryOperator<Var> f) {
    Var x = c.var(0);
    Shape s = x.shape();
    if (c.opset() < 13) {
      int from = c.attributes().integer("axis", 1);
      int axis = from == s.rank() ? from : s.axis(from);
      c.mixes(0, IntStream.range(axis, s.rank()).toArray());
      return f.apply(x.reshape(s.sub(0, axis).size(), s.sub(axis, s.rank()).size())).reshape(s);
    }
    int axis = c.axis(-1);
    c.mixes(0, axis);
    if (axis == s.rank() - 1) {
      return f.apply(x);
    }
    int[] order = Selection.axisLast(s.rank(), axis);
    return f.apply(x.permute(order)).permute(Selection.inverse(order));
  }

  private static float epsilon(Call c) {
    return c.attributes().real("epsilon", 1e-5f);
  }

  private static int[] from(int first, int rank) {
    return IntStream.range(first, rank).toArray();
  }

  // ---- statistics of the batch ----------------------------------------------------------------

  /**
   * Ioffe and Szegedy 2015. When the network is trained, statistics are those of the batch, and the
   * running ones move towards them if they are buffers, as in {@link
   * dev.bagel.nn.layer.BatchNorm2d}; a node that says so uses those of the batch always.
   */
  private static List<Value> batch(Call c) {
    Var x = c.var(0);
    int rank = x.shape().rank();
    if (c.opset() < 9 && c.attributes().number("spatial", 1) == 0) {
      throw c.unknown("spatial");
    }
    c.mixesAllButFirst(0);
    Var scale = Convolutions.perChannel(c.var(1), rank);
    Var shift = Convolutions.perChannel(c.var(2), rank);
    Var mean = Convolutions.perChannel(c.var(3), rank);
    Var variance = Convolutions.perChannel(c.var(4), rank);
    boolean always = c.attributes().flag("training_mode");
    List<String> names = c.node().inputs();
    boolean observes =
        c.pass().mode() == Pass.Mode.TRAIN
            && c.trace().isParameter(names.get(3))
            && c.trace().isParameter(names.get(4));
    if (!always && !observes) {
      return c.like(Fn.normalize(x, mean, variance, epsilon(c), scale, shift));
    }
    int[] axes = IntStream.range(0, rank).filter(a -> a != 1).toArray();
    c.mixes(0, always ? axes : new int[0]);
    Var seenMean = Fn.mean(x, axes);
    Var seenVariance = Fn.variance(x, seenMean, axes);
    float momentum = c.attributes().real("momentum", 0.9f);
    float n = (float) x.size() / Math.max(1, c.var(1).size());
    float unbiased = always ? 1 : n / Math.max(1, n - 1);
    Var newMean = towards(mean, seenMean, momentum);
    Var newVariance = towards(variance, seenVariance.mul(unbiased), momentum);
    if (observes) {
      c.pass().update(names.get(3), newMean);
      c.pass().update(names.get(4), newVariance);
    }
    Var y = Fn.normalize(x, seenMean, seenVariance, epsilon(c), scale, shift);
    return c.likeAll(y, newMean, newVariance);
  }

  private static Var towards(Var running, Var observed, float momentum) {
    return running.mul(momentum).add(observed.detach().mul(1 - momentum)).reshape(running.size());
  }

  // ---- statistics of one example --------------------------------------------------------------

  private static Var instance(Call c) {
    Var x = c.var(0);
    int rank = x.shape().rank();
    c.mixesAllButFirst(0);
    return normalized(x, epsilon(c), from(2, rank))
        .mul(Convolutions.perChannel(c.var(1), rank))
        .add(Convolutions.perChannel(c.var(2), rank));
  }

  private static Var normalized(Var x, float epsilon, int... axes) {
    Var centred = x.sub(x.meanAxes(axes));
    return centred.div(centred.square().meanAxes(axes).add(epsilon).sqrt());
  }

  /** Until version 20 scale and shift belonged to the groups, and then to the channels. */
  private static Var group(Call c) {
    Var x = c.var(0);
    Shape s = x.shape();
    int groups = c.attributes().integer("num_groups", 0);
    if (groups < 1 || s.rank() < 2 || s.dim(1) % groups != 0) {
      throw new ShapeException("%d groups of the channels of %s", groups, s);
    }
    c.mixesAllButFirst(0);
    int each = s.size() / Math.max(1, s.dim(0) * groups);
    Var y = normalized(x.reshape(s.dim(0), groups, each), epsilon(c), 2);
    Var scale = c.var(1);
    Var shift = c.var(2);
    if (scale.size() == groups && groups != s.dim(1)) {
      return y.mul(scale.reshape(groups, 1)).add(shift.reshape(groups, 1)).reshape(s);
    }
    return y.reshape(s)
        .mul(Convolutions.perChannel(scale, s.rank()))
        .add(Convolutions.perChannel(shift, s.rank()));
  }

  private static List<Value> layer(Call c) {
    Var x = c.var(0);
    int[] axes = from(c.axis(-1), x.shape().rank());
    c.mixes(0, axes);
    Var mean = x.meanAxes(axes);
    Var centred = x.sub(mean);
    Var deviation = centred.square().meanAxes(axes).add(epsilon(c)).sqrt();
    Var y = centred.div(deviation).mul(c.var(1));
    return c.likeAll(c.optional(2).map(y::add).orElse(y), mean, Var.constant(1f).div(deviation));
  }

  private static Var rootMeanSquare(Call c) {
    Var x = c.var(0);
    int[] axes = from(c.axis(-1), x.shape().rank());
    c.mixes(0, axes);
    return x.div(x.square().meanAxes(axes).add(epsilon(c)).sqrt()).mul(c.var(1));
  }

  private static Var meanVariance(Call c) {
    int[] axes = c.attributes().integers("axes").orElse(new int[] {0, 2, 3});
    c.mixes(0, axes);
    return normalized(c.var(0), 1e-9f, axes);
  }

  private static Var lp(Call c) {
    Var x = c.var(0);
    int axis = c.axis(-1);
    c.mixes(0, axis);
    float p = c.attributes().integer("p", 2);
    return x.div(Pooling.root(Pooling.power(x, p).sumAxes(axis), p));
  }

  // ---- noise ----------------------------------------------------------------------------------

  /** Drops in training, at the rate that the file says, and does nothing else. */
  private static List<Value> dropout(Call c) {
    Value x = c.value(0);
    boolean always = c.has(2) && c.numbers(2).item() != 0;
    float rate = 0;
    if (always || c.pass().mode() == Pass.Mode.TRAIN) {
      rate = c.has(1) ? c.reals(1)[0] : c.attributes().real("ratio", 0.5f);
    }
    if (always && rate != 0) {
      throw new IllegalArgumentException("training_mode is on: it would always drop");
    }
    String purpose = c.node().outputs().get(0);
    Value y =
        rate == 0 ? x : Value.of(x.element(), Fn.dropout(x.var(), rate, c.pass().key(), purpose));
    Var kept = c.outputs() > 1 ? c.trace().table(x.shape(), to -> Arrays.fill(to, 1)) : x.var();
    return List.of(y, Value.of(Element.BOOL, kept));
  }
}
