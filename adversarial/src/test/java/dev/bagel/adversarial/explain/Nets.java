package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Init;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MeanPool2d;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small nets whose explanations can be written down. */
final class Nets {
  static final Shape COLOUR = Shape.of(3, 8, 6);

  private Nets() {}

  /** y = W x + b, four classes. */
  static Model linear(Rng rng) {
    return Model.init(
        Layer.sequential(Layer.flatten(), Layer.dense(COLOUR.size(), 4)), COLOUR, rng);
  }

  /** Two convolutions, as pictures are recognised: five classes. */
  static Model conv(Activation a, Rng rng) {
    Layer net =
        Layer.sequential(
            Layer.conv(3, 4, 3, 1, 1),
            a,
            new MeanPool2d(2, 2, 0, false, true),
            Layer.conv(4, 5, 3, 1, 1),
            a,
            Layer.flatten(),
            Layer.dense(60, 5));
    return withBiases(Model.init(net, COLOUR, rng), rng);
  }

  /** A convolution, the mean of each map, a dense layer: Zhou et al. 2016; three classes. */
  static Model gap(Rng rng) {
    Layer net =
        Layer.sequential(
            Layer.conv(3, 7, 3, 1, 1), Layer.relu(), new GlobalMeanPool(), Layer.dense(7, 3));
    return withBiases(Model.init(net, COLOUR, rng), rng);
  }

  /** The same function as {@link #gap} as somebody else's layer, whose parts have names. */
  static Model imported(Model gap) {
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    gap.params().weights().forEach((name, t) -> numbers.put(NAMES.get(name), t));
    return Model.of(new Imported(), new Params(numbers, Map.of()), COLOUR);
  }

  private static final Map<String, String> NAMES =
      Map.of("0.weight", "filters", "0.bias", "shift", "3.weight", "head", "3.bias", "offset");

  private record Imported() implements Layer.Custom {
    @Override
    public List<Parameter> parameters() {
      return List.of(
          Parameter.weight("head", Shape.of(3, 7), Init.he(7)),
          Parameter.weight("offset", Shape.of(3), Init.constant(0)),
          Parameter.weight("filters", Shape.of(7, 3, 3, 3), Init.he(27)),
          Parameter.weight("shift", Shape.of(7), Init.constant(0)));
    }

    @Override
    public Var apply(Pass pass, Var x) {
      Var a = x.conv(pass.param("filters"), new ConvOptions(1, 1, 1, 1, 1, 1, 1, 1, 1));
      Var maps = pass.saw("maps", a.add(pass.param("shift").reshape(7, 1, 1)).relu());
      Var mean = pass.saw("mean", maps.meanAxes(2, 3)).reshape(x.shape().dim(0), 7);
      return mean.matmul(pass.param("head"), false, true).add(pass.param("offset"));
    }
  }

  /** The same once more, as a layer that computes one example after the other. */
  static Model oneByOne(Model imported) {
    return Model.of(new OneByOne(new Imported()), imported.params(), COLOUR);
  }

  private record OneByOne(Imported each) implements Layer.Custom {
    @Override
    public List<Parameter> parameters() {
      return each.parameters();
    }

    @Override
    public Var apply(Pass pass, Var x) {
      Var[] results = new Var[x.shape().dim(0)];
      Arrays.setAll(results, i -> each.apply(pass, x.slice(0, i, i + 1)));
      return Var.concat(0, results);
    }
  }

  private static Model withBiases(Model model, Rng rng) {
    Map<String, Tensor> numbers = new LinkedHashMap<>(model.params().all());
    numbers.replaceAll(
        (name, t) ->
            t.shape().rank() == 1 ? Tensor.gaussian(t.shape(), rng.at(name)).mul(0.1f) : t);
    return model.with(model.params().with(numbers));
  }

  /** Random pictures. */
  static Tensor pictures(int n, Rng rng) {
    return Tensor.uniform(Shape.of(n).concat(COLOUR), 0, 1, rng.at("pictures"));
  }
}
