package dev.bagel.nn.layer;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.List;

/**
 * The adjoint of a convolution, as a layer that enlarges: [N, in, H, W] → [N, out, OH, OW] with OH
 * = (H − 1)·stride − 2·padding + kernel + outputPadding; filters [in, out, kernel, kernel].
 */
public record ConvTranspose2d(
    int in, int out, int kernel, int stride, int padding, int outputPadding) implements Layer {
  @Override
  public List<Parameter> parameters() {
    Shape s = Shape.of(in, out, kernel, kernel);
    return Parameter.weightAndBias(s, Init.he(in * kernel * kernel), out);
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return x.convTranspose(
            pass.param("weight"), ConvOptions.of(stride, padding), outputPadding, outputPadding)
        .add(pass.param("bias").reshape(out, 1, 1));
  }
}
