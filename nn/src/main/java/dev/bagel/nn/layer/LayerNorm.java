package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.List;

/** Normalises every vector of the last axis, then scales and shifts: Ba et al. 2016, Eq. (4). */
public record LayerNorm(int features, float epsilon) implements Layer {
  @Override
  public List<Parameter> parameters() {
    return Parameter.weightAndBias(Shape.of(features), Init.constant(1), features);
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return Fn.layerNorm(x, pass.param("weight"), pass.param("bias"), epsilon);
  }
}
