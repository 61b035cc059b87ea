package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** Normalises every vector of the last axis, then scales and shifts: Ba et al. 2016, Eq. (4). */
public record LayerNorm(int features, float epsilon) implements Layer {
  @Override
  public Params init(Rng rng) {
    return Params.weight("weight", Tensor.full(Shape.of(features), 1))
        .and(Params.weight("bias", Tensor.zeros(Shape.of(features))));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return Fn.layerNorm(x, pass.param("weight"), pass.param("bias"), epsilon);
  }
}
