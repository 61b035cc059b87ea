package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.MeanPool2d;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Reshape;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.nn.layer.Subsample;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What folding does at each kind of layer. */
class FoldingDecisionsTest {
  private static final Layer NORM = Layer.batchNorm(4);

  /** A door in the net that folding cannot look through. */
  private record Twice() implements Layer.Custom {
    @Override
    public Var apply(Pass pass, Var x) {
      return x.mul(2);
    }
  }

  /** A layer of every kind that does not change [N, 4, 4, 4], and whether a norm after it goes. */
  private static Map<Layer, Boolean> decisions() {
    Layer flat = Layer.sequential(Layer.flatten(), new Reshape(List.of(4, 4, 4)));
    Map<Layer, Boolean> all = new LinkedHashMap<>();
    all.put(Layer.conv(4, 4, 3, 1, 1), true);
    all.put(new Conv2d(4, 4, 1, 3, 1, 1, 0, 1, 0, 1, 1, 1, 4, false), true);
    all.put(new ConvTranspose2d(4, 4, 3, 1, 1, 0), true);
    all.put(Layer.sequential(), true); // the norm then goes into the convolution before
    all.put(Layer.sequential(Layer.relu(), Layer.conv(4, 4, 1)), true);
    all.put(Layer.sequential(Layer.conv(4, 4, 1), Layer.relu()), false);
    all.put(NORM, true);
    all.put(Residual.around(Layer.conv(4, 4, 1)), false);
    all.put(new Residual(Layer.sequential(), Layer.conv(4, 4, 1)), false);
    all.put(new LayerNorm(4, 1e-5f), false);
    all.put(new Dropout(0.5f), false);
    all.put(Activation.RELU, false);
    all.put(new MaxPool2d(3, 1, 1, false), false);
    all.put(new MeanPool2d(3, 1, 1, false, true), false);
    all.put(Layer.sequential(new GlobalMeanPool(), new Dense(4, 64), flat), false);
    all.put(flat, false);
    all.put(new Subsample(1, 4), false);
    all.put(new Twice(), false);
    return all;
  }

  @Test
  void everyKindOfLayerHasADecision() {
    Set<Class<?>> kinds = new HashSet<>();
    decisions()
        .forEach(
            (layer, goes) -> {
              collect(layer, kinds);
              Layer conv = Layer.conv(4, 4, 1).withoutBias();
              Layer net = Layer.sequential(conv, layer, NORM);
              Model m = FoldingTest.trained(net, Shape.of(4, 4, 4));
              Model f = m.folded();
              int left = goes ? 0 : 1;
              assertEquals(left, FoldingTest.norms(f.net()), layer.toString());
              Tensor x = FoldingTest.inputs(m, 2);
              FoldingTest.assertClose(m.scores(x), f.scores(x), 1e-4, layer.toString());
            });
    assertEquals(Set.of(Layer.class.getPermittedSubclasses()), kinds);
  }

  private static void collect(Layer layer, Set<Class<?>> kinds) {
    kinds.add(layer instanceof Layer.Custom ? Layer.Custom.class : layer.getClass());
    if (layer instanceof Sequential s) {
      s.layers().forEach(l -> collect(l, kinds));
    }
  }
}
