package dev.bagel.nn.layer;

import dev.bagel.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The numbers of a model: immutable, ordered maps from dotted names to tensors. The names are the
 * file format. Because parameters are a value, averaging two models or perturbing one is ordinary
 * arithmetic.
 *
 * @param weights what training learns
 * @param buffers what training only observes, such as the running statistics of batch normalisation
 */
public record Params(Map<String, Tensor> weights, Map<String, Tensor> buffers) {
  public static final Params NONE = new Params(Map.of(), Map.of());

  public Params {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    buffers = Collections.unmodifiableMap(new LinkedHashMap<>(buffers));
    for (String name : buffers.keySet()) {
      if (weights.containsKey(name)) {
        throw new IllegalArgumentException("two parameters named " + name);
      }
    }
  }

  /** A single weight. */
  public static Params weight(String name, Tensor value) {
    return new Params(Map.of(name, value), Map.of());
  }

  /** A single buffer. */
  public static Params buffer(String name, Tensor value) {
    return new Params(Map.of(), Map.of(name, value));
  }

  /** Both; no name may appear twice. */
  public Params and(Params more) {
    Map<String, Tensor> w = new LinkedHashMap<>(weights);
    Map<String, Tensor> b = new LinkedHashMap<>(buffers);
    more.weights.forEach((name, t) -> putNew(w, name, t));
    more.buffers.forEach((name, t) -> putNew(b, name, t));
    return new Params(w, b);
  }

  private static void putNew(Map<String, Tensor> map, String name, Tensor value) {
    if (map.put(name, value) != null) {
      throw new IllegalArgumentException("two parameters named " + name);
    }
  }

  /** The same numbers with {@code prefix} and a dot before every name. */
  public Params under(String prefix) {
    Map<String, Tensor> w = new LinkedHashMap<>();
    Map<String, Tensor> b = new LinkedHashMap<>();
    weights.forEach((name, t) -> w.put(prefix + "." + name, t));
    buffers.forEach((name, t) -> b.put(prefix + "." + name, t));
    return new Params(w, b);
  }

  /** Weights and buffers together. */
  public Map<String, Tensor> all() {
    Map<String, Tensor> all = new LinkedHashMap<>(weights);
    all.putAll(buffers);
    return all;
  }

  /** These names with other numbers: those of {@code values}, which must have all of them. */
  public Params with(Map<String, Tensor> values) {
    Map<String, Tensor> w = new LinkedHashMap<>();
    Map<String, Tensor> b = new LinkedHashMap<>();
    weights.forEach((name, t) -> w.put(name, fitting(name, t, values.get(name))));
    buffers.forEach((name, t) -> b.put(name, fitting(name, t, values.get(name))));
    return new Params(w, b);
  }

  private static Tensor fitting(String name, Tensor old, Tensor value) {
    if (value == null || !value.shape().equals(old.shape())) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " "
              + old.shape()
              + ": "
              + (value == null ? "missing" : "found " + value.shape()));
    }
    return value;
  }

  /** Every weight through {@code f}. */
  public Params map(UnaryOperator<Tensor> f) {
    return zip(this, (a, b) -> f.apply(a));
  }

  /** Every weight with that of the same name; buffers stay. */
  public Params zip(Params that, BinaryOperator<Tensor> f) {
    if (!weights.keySet().equals(that.weights.keySet())) {
      throw new IllegalArgumentException(
          "different names: " + weights.keySet() + " and " + that.weights.keySet());
    }
    Map<String, Tensor> w = new LinkedHashMap<>();
    weights.forEach(
        (name, t) -> w.put(name, f.apply(t, Objects.requireNonNull(that.weights.get(name)))));
    return new Params(w, buffers);
  }

  /** How many numbers training learns. */
  public int count() {
    return weights.values().stream().mapToInt(Tensor::size).sum();
  }
}
