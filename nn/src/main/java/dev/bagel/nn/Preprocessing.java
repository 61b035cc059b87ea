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
 * @param mean one number for each channel, or one for all, or none: nothing is done
 * @param std likewise
 */
public record Preprocessing(List<Float> mean, List<Float> std) {
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

  /** The input as the first layer sees it. */
  public Var apply(Var x) {
    if (mean.isEmpty()) {
      return x;
    }
    return x.sub(Var.constant(perChannel(mean, x.shape())))
        .div(Var.constant(perChannel(std, x.shape())));
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
