package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.List;

/** y = x Wᵀ + b: [N, in] → [N, out], with W of shape [out, in] as PyTorch and ONNX store it. */
public record Dense(int in, int out) implements Layer {
  @Override
  public List<Parameter> parameters() {
    return Parameter.weightAndBias(Shape.of(out, in), Init.he(in), out);
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return x.matmul(pass.param("weight"), false, true).add(pass.param("bias"));
  }
}
