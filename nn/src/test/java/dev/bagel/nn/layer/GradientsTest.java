package dev.bagel.nn.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.check.GradCheck;
import dev.bagel.nn.Loss;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The loss of small networks with respect to input and parameters, against finite differences. */
class GradientsTest {
  private static final long SEED = Long.getLong("tests.seed", 0x5A17);

  /** Error at orders 1 and 2, with respect to the input and everything that is learned. */
  private static double error(Layer net, Pass.Mode mode, Shape input) {
    Rng rng = Rng.of(SEED);
    Params p = net.init(rng.at("init"));
    List<String> names = List.copyOf(p.weights().keySet());
    List<Tensor> x = new ArrayList<>();
    x.add(Tensor.gaussian(input, rng.at("x")));
    names.forEach(name -> x.add(p.weights().get(name)));
    int[] y = new int[input.dim(0)];
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 3;
    }
    GradCheck.Function loss =
        vars -> {
          Map<String, Var> params = new LinkedHashMap<>(Pass.vars(p, Var::constant));
          for (int i = 0; i < names.size(); i++) {
            params.put(names.get(i), vars.get(i + 1));
          }
          Pass pass =
              mode == Pass.Mode.TRAIN
                  ? Pass.train(params, Var.constant(Fn.key(rng.at("drop"))))
                  : Pass.evaluate(params);
          return Loss.crossEntropy(net.apply(pass, vars.get(0)), y).mean();
        };
    return GradCheck.error(loss, 2, rng.at("check"), x.toArray(Tensor[]::new));
  }

  private static void check(Layer net, Shape input) {
    for (Pass.Mode mode : Pass.Mode.values()) {
      assertEquals(0, error(net, mode, input), 2e-3, mode + ", tests.seed=" + SEED);
    }
  }

  @Test
  void denseNetsHaveTheGradientsOfFiniteDifferences() {
    check(
        Layer.sequential(
            Layer.dense(4, 5),
            Activation.TANH,
            new LayerNorm(5, 1e-2f),
            new Dropout(0.3f),
            Layer.dense(5, 3)),
        Shape.of(4, 4));
  }

  @Test
  void convolutionsWithBatchNormHaveTheGradientsOfFiniteDifferences() {
    check(
        Layer.sequential(
            Layer.conv(2, 4, 3, 1, 1).withoutBias(),
            new BatchNorm2d(4, 1e-2f, 0.1f),
            Activation.SILU,
            new MeanPool2d(2, 2, 0, false, false),
            Layer.flatten(),
            Layer.dense(16, 3)),
        Shape.of(3, 2, 4, 4));
  }

  @Test
  void residualNetsHaveTheGradientsOfFiniteDifferences() {
    check(
        Layer.sequential(
            new Residual(
                Layer.sequential(Layer.conv(2, 5, 3, 2, 1), Activation.SOFTPLUS),
                new Subsample(2, 5)),
            new ConvTranspose2d(5, 3, 2, 2, 0, 0),
            Activation.GELU,
            new GlobalMeanPool()),
        Shape.of(2, 2, 4, 4));
  }
}
