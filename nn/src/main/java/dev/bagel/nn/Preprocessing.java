package dev.bagel.nn;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * What a model does to its input before the first layer: (x − mean) / std for every channel. It is
 * part of the model, so ε means input units, before it.
 *
 * @param reversed whether the first layer wants the channels in reverse order: blue, green, red
 * @param mean one number for each channel, in the order of the first layer, or one for all, or none
 * @param std likewise
 */
public record Preprocessing(boolean reversed, List<Float> mean, List<Float> std) {
  public static final Preprocessing NONE = new Preprocessing(List.of(), List.of());

  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != std.size()) {
      throw new IllegalArgumentException(
          mean.size() + " means and " + std.size() + " standard deviations: as many of each");
    }
    if (!mean.stream().allMatch(Float::isFinite)
        || !std.stream().allMatch(s -> s > 0 && Float.isFinite(s))) {
      throw new IllegalArgumentException(
          "means " + mean + ", standard deviations " + std + ": finite, and the latter positive");
    }
  }

  /** With the channels in their order. */
  public Preprocessing(List<Float> mean, List<Float> std) {
    this(false, mean, std);
  }

  /** The input as the first layer sees it. */
  public Var apply(Var x) {
    Var y = reversed ? reversed(x) : x;
    if (mean.isEmpty()) {
      return y;
    }
    return y.sub(Var.constant(perChannel(mean, y.shape())))
        .div(Var.constant(perChannel(std, y.shape())));
  }

  private static Var reversed(Var x) {
    if (x.shape().rank() < 2) {
      throw new ShapeException("channels of an input %s in reverse order", x.shape());
    }
    int channels = x.shape().dim(1);
    Var[] planes = new Var[channels];
    Arrays.setAll(planes, c -> x.slice(1, channels - 1 - c, channels - c));
    return Var.concat(1, planes);
  }

  private static Tensor perChannel(List<Float> values, Shape x) {
    if (x.rank() < 2 || (values.size() != 1 && values.size() != x.dim(1))) {
      throw new ShapeException("preprocessing for %d channels of an input %s", values.size(), x);
    }
    int[] d = new int[x.rank() - 1];
    Arrays.fill(d, 1);
    d[0] = values.size();
    float[] v = new float[values.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.get(i);
    }
    return Tensor.of(Shape.of(d), v);
  }
}
