package dev.bagel.nn.io;

import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names and shapes of the parameters of a network, without the numbers.
 *
 * <p>{@link Layer#init} knows them too, but it makes the numbers: a file of a hundred bytes that
 * names a layer of 2³⁰ weights would take 4 GiB before it could be refused. A test holds the two
 * together for every kind of layer.
 */
record ParameterShapes(Map<String, Shape> weights, Map<String, Shape> buffers) {
  private static final int SHOWN = 6;

  /**
   * Those of {@code net}.
   *
   * @throws ShapeException if they are impossible
   */
  static ParameterShapes of(Layer net) {
    ParameterShapes shapes = new ParameterShapes(new LinkedHashMap<>(), new LinkedHashMap<>());
    shapes.add("", net);
    return shapes;
  }

  private void add(String path, Layer layer) {
    if (layer instanceof Sequential s) {
      for (int i = 0; i < s.layers().size(); i++) {
        add(path + i + ".", s.layers().get(i));
      }
    } else if (layer instanceof Residual r) {
      add(path + "body.", r.body());
      add(path + "shortcut.", r.shortcut());
    } else if (layer instanceof Dense d) {
      weightAndBias(path, Shape.of(d.out(), d.in()), d.out());
    } else if (layer instanceof Conv2d c) {
      if (c.groups() < 1) {
        throw new ShapeException("conv in %d groups", c.groups());
      }
      Shape filters = Shape.of(c.out(), c.in() / c.groups(), c.kernelY(), c.kernelX());
      weights.put(path + "weight", filters);
      if (c.bias()) {
        weights.put(path + "bias", Shape.of(c.out()));
      }
    } else if (layer instanceof ConvTranspose2d c) {
      weightAndBias(path, Shape.of(c.in(), c.out(), c.kernel(), c.kernel()), c.out());
    } else if (layer instanceof BatchNorm2d b) {
      weightAndBias(path, Shape.of(b.channels()), b.channels());
      buffers.put(path + "running_mean", Shape.of(b.channels()));
      buffers.put(path + "running_var", Shape.of(b.channels()));
    } else if (layer instanceof LayerNorm n) {
      weightAndBias(path, Shape.of(n.features()), n.features());
    }
  }

  private void weightAndBias(String path, Shape weight, int bias) {
    weights.put(path + "weight", weight);
    weights.put(path + "bias", Shape.of(bias));
  }

  /** What is wrong with these tensors as the parameters, if anything is: all of it in one line. */
  Optional<String> flaw(Map<String, Tensor> tensors) {
    Map<String, Shape> all = new LinkedHashMap<>(weights);
    all.putAll(buffers);
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    all.forEach(
        (name, shape) -> {
          Tensor t = tensors.get(name);
          if (t == null) {
            missing.add(name + " " + shape);
          } else if (!t.shape().equals(shape)) {
            misshapen.add(name + " is " + t.shape() + " instead of " + shape);
          }
        });
    List<String> unexpected =
        tensors.keySet().stream().filter(name -> !all.containsKey(name)).toList();
    List<String> flaws = new ArrayList<>();
    describe("missing", missing, flaws);
    describe("unexpected", unexpected, flaws);
    describe("misshapen", misshapen, flaws);
    tensors.forEach(
        (name, t) -> {
          int bad = t.firstNotFinite();
          if (bad >= 0 && all.containsKey(name)) {
            flaws.add("element " + bad + " of " + name + " is " + t.get(bad));
          }
        });
    return flaws.isEmpty() ? Optional.empty() : Optional.of(shortened(flaws, " / "));
  }

  private static void describe(String what, List<String> names, List<String> flaws) {
    if (!names.isEmpty()) {
      flaws.add(what + ": " + shortened(names, ", "));
    }
  }

  private static String shortened(List<String> all, String separator) {
    List<String> shown = all.subList(0, Math.min(SHOWN, all.size()));
    String more = all.size() > SHOWN ? separator + (all.size() - SHOWN) + " more" : "";
    return String.join(separator, shown) + more;
  }

  /** Parameters of these shapes; {@code tensors} must have passed {@link #flaw}. */
  Params params(Map<String, Tensor> tensors) {
    Map<String, Tensor> w = new LinkedHashMap<>();
    Map<String, Tensor> b = new LinkedHashMap<>();
    weights.keySet().forEach(name -> w.put(name, tensors.get(name)));
    buffers.keySet().forEach(name -> b.put(name, tensors.get(name)));
    return new Params(w, b);
  }
}
