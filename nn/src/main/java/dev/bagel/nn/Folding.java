package dev.bagel.nn;

import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Moves batch normalisation into the convolution before it: see {@link Model#folded}.
 *
 * <pre>
 *   γ · (w∗x + b − μ) / √(σ² + ε) + β  =  w'∗x + b'
 *
 *   w' = w · γ / √(σ² + ε)       b' = (b − μ) · γ / √(σ² + ε) + β
 * </pre>
 *
 * <p>A walk in the order of evaluation remembers which convolution wrote the values that arrive at
 * a layer. It forgets at every layer that it does not know, so a new kind of layer may keep a
 * normalisation from being folded, and no more.
 */
final class Folding {
  private final Map<String, Tensor> numbers;
  private final Map<String, Layer> replaced = new HashMap<>();
  private Optional<Filters> writer = Optional.empty();

  private Folding(Map<String, Tensor> numbers) {
    this.numbers = new LinkedHashMap<>(numbers);
  }

  /**
   * A convolution in the network.
   *
   * @param at what its parameters' names begin with
   * @param biased the same layer with a bias
   * @param out its channels
   * @param run how many weights in a row belong to one of them
   */
  private record Filters(String at, Layer biased, int out, int run) {
    static Optional<Filters> of(Layer layer, String at) {
      if (layer instanceof Conv2d c) { // filters [out, in/groups, kernelY, kernelX]
        int run = c.in() / c.groups() * c.kernelY() * c.kernelX();
        return Optional.of(new Filters(at, c.withBias(), c.out(), run));
      }
      if (layer instanceof ConvTranspose2d c) { // filters [in, out, kernel, kernel]
        return Optional.of(new Filters(at, c, c.out(), c.kernel() * c.kernel()));
      }
      return Optional.empty();
    }
  }

  /** The same model if there is nothing to fold. */
  static Model of(Model model) {
    Map<String, Tensor> numbers = model.params().all();
    for (Parameter p : model.net().parameters()) {
      Tensor t = numbers.get(p.name());
      if (t == null || !t.shape().equals(p.shape())) {
        throw new ShapeException(
            "fold: parameter %s %s: %s",
            p.name(), p.shape(), t == null ? "missing" : "found " + t.shape());
      }
    }
    Folding folding = new Folding(numbers);
    folding.walk(model.net(), "");
    if (folding.replaced.isEmpty()) {
      return model;
    }
    Layer net = folding.rebuilt(model.net(), "");
    return Model.of(net, folding.params(net, model.params().buffers().keySet()), model.example())
        .with(model.bounds())
        .with(model.preprocessing())
        .on(model.plans().device());
  }

  private void walk(Layer layer, String at) {
    if (layer instanceof Sequential s) {
      for (int i = 0; i < s.layers().size(); i++) {
        walk(s.layers().get(i), at + i + ".");
      }
    } else if (layer instanceof Residual r) {
      writer = Optional.empty(); // both branches read what it wrote
      walk(r.body(), at + "body.");
      writer = Optional.empty();
      walk(r.shortcut(), at + "shortcut.");
      writer = Optional.empty(); // a sum of two
    } else if (!(layer instanceof BatchNorm2d norm) || !folded(norm, at)) {
      writer = Filters.of(layer, at);
    }
  }

  /** Whether the normalisation went into the writer of its input, which then writes its output. */
  private boolean folded(BatchNorm2d norm, String at) {
    Filters f = writer.orElse(null);
    if (f == null || f.out() != norm.channels()) { // one channel would be broadcast to many
      return false;
    }
    double[] factor = new double[f.out()];
    float[] shift = new float[f.out()];
    Tensor bias = numbers.getOrDefault(f.at() + "bias", Tensor.zeros(Shape.of(f.out())));
    for (int c = 0; c < factor.length; c++) {
      double deviation = Math.sqrt((double) number(at, "running_var", c) + norm.epsilon());
      factor[c] = number(at, "weight", c) / deviation;
      double centred = (double) bias.get(c) - number(at, "running_mean", c);
      shift[c] = (float) (centred * factor[c] + number(at, "bias", c));
    }
    Tensor old = numbers.get(f.at() + "weight");
    float[] w = old.toArray();
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (w[i] * factor[i / f.run() % f.out()]);
    }
    Tensor weight = Tensor.wrap(old.shape(), w);
    if (weight.firstNotFinite() >= 0 || Tensor.wrap(bias.shape(), shift).firstNotFinite() >= 0) {
      return false; // larger than a float, or no number before
    }
    numbers.put(f.at() + "weight", weight);
    numbers.put(f.at() + "bias", Tensor.wrap(bias.shape(), shift));
    norm.parameters().forEach(p -> numbers.remove(at + p.name()));
    replaced.put(f.at(), f.biased());
    replaced.put(at, Layer.sequential());
    return true;
  }

  private float number(String at, String name, int i) {
    return numbers.get(at + name).get(i);
  }

  private Layer rebuilt(Layer layer, String at) {
    if (layer instanceof Sequential s) {
      return new Sequential(
          IntStream.range(0, s.layers().size())
              .mapToObj(i -> rebuilt(s.layers().get(i), at + i + "."))
              .toList());
    }
    if (layer instanceof Residual r) {
      return new Residual(rebuilt(r.body(), at + "body."), rebuilt(r.shortcut(), at + "shortcut."));
    }
    return replaced.getOrDefault(at, layer);
  }

  /** The numbers in the order of the network, as they are drawn and read. */
  private Params params(Layer net, Set<String> observed) {
    Set<String> names = new LinkedHashSet<>();
    net.parameters().forEach(p -> names.add(p.name()));
    names.addAll(numbers.keySet()); // what only a layer of the caller's knows
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    for (String name : names) {
      (observed.contains(name) ? buffers : weights).put(name, numbers.get(name));
    }
    return new Params(weights, buffers);
  }
}
