package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names and shapes of the parameters of a network, to be compared with what a file has before
 * anything is allocated: a file of a hundred bytes may name a layer of 2³⁰ weights.
 */
record ParameterShapes(Map<String, Shape> weights, Map<String, Shape> buffers) {
  private static final int SHOWN = 6;

  /**
   * Those of {@code net}.
   *
   * @throws ShapeException if they are impossible
   */
  static ParameterShapes of(Layer net) {
    Map<String, Shape> weights = new LinkedHashMap<>();
    Map<String, Shape> buffers = new LinkedHashMap<>();
    for (Parameter p : net.parameters()) {
      (p.learned() ? weights : buffers).put(p.name(), p.shape());
    }
    return new ParameterShapes(weights, buffers);
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
