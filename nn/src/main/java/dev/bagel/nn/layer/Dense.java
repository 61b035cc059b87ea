package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** y = x Wᵀ + b: [N, in] → [N, out], with W of shape [out, in] as PyTorch and ONNX store it. */
public record Dense(int in, int out) implements Layer {
  @Override
  public Params init(Rng rng) {
    return Params.weight("weight", Init.he(Shape.of(out, in), in, rng.at("weight")))
        .and(Params.weight("bias", Tensor.zeros(Shape.of(out))));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return x.matmul(pass.param("weight"), false, true).add(pass.param("bias"));
  }
}
