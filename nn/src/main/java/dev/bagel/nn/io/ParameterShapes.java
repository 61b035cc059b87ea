package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names and shapes of the parameters of a network, to be compared with what a file has before
 * anything is allocated: a file of a hundred bytes may name a layer of 2³⁰ weights.
 */
record ParameterShapes(Map<String, Shape> weights, Map<String, Shape> buffers) {
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

  /** Weights and buffers together. */
  Map<String, Shape> all() {
    Map<String, Shape> all = new LinkedHashMap<>(weights);
    all.putAll(buffers);
    return all;
  }

  /** Parameters of these shapes; {@code tensors} must have all of them. */
  Params params(Map<String, Tensor> tensors) {
    Map<String, Tensor> w = new LinkedHashMap<>();
    Map<String, Tensor> b = new LinkedHashMap<>();
    weights.keySet().forEach(name -> w.put(name, tensors.get(name)));
    buffers.keySet().forEach(name -> b.put(name, tensors.get(name)));
    return new Params(w, b);
  }
}
