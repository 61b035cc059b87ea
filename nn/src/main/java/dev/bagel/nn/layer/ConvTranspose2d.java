package dev.bagel.nn.layer;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * The adjoint of a convolution, as a layer that enlarges: [N, in, H, W] → [N, out, OH, OW] with OH =
 * (H − 1)·stride − 2·padding + kernel + outputPadding; filters [in, out, kernel, kernel].
 */
public record ConvTranspose2d(
    int in, int out, int kernel, int stride, int padding, int outputPadding) implements Layer {
  @Override
  public Params init(Rng rng) {
    Shape s = Shape.of(in, out, kernel, kernel);
    return Params.weight("weight", Init.he(s, in * kernel * kernel, rng.at("weight")))
        .and(Params.weight("bias", Tensor.zeros(Shape.of(out))));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return x.convTranspose(
            pass.param("weight"), ConvOptions.of(stride, padding), outputPadding, outputPadding)
        .add(pass.param("bias").reshape(out, 1, 1));
  }
}
