package dev.bagel.nn.layer;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/**
 * Cross-correlation with a bias: [N, in, H, W] → [N, out, OH, OW], with filters of shape [out,
 * in/groups, kernelY, kernelX].
 */
public record Conv2d(
    int in,
    int out,
    int kernelY,
    int kernelX,
    int strideY,
    int strideX,
    int top,
    int left,
    int bottom,
    int right,
    int dilationY,
    int dilationX,
    int groups,
    boolean bias)
    implements Layer {
  /** The same convolution without a bias, as before batch normalisation. */
  public Conv2d withoutBias() {
    return new Conv2d(
        in, out, kernelY, kernelX, strideY, strideX, top, left, bottom, right, dilationY,
        dilationX, groups, false);
  }

  /** The same convolution with other padding. */
  public Conv2d pads(int top, int left, int bottom, int right) {
    return new Conv2d(
        in, out, kernelY, kernelX, strideY, strideX, top, left, bottom, right, dilationY,
        dilationX, groups, bias);
  }

  @Override
  public Params init(Rng rng) {
    Shape s = Shape.of(out, in / groups, kernelY, kernelX);
    int fanIn = in / groups * kernelY * kernelX;
    Params weight = Params.weight("weight", Init.he(s, fanIn, rng.at("weight")));
    return bias ? weight.and(Params.weight("bias", Tensor.zeros(Shape.of(out)))) : weight;
  }

  @Override
  public Var apply(Pass pass, Var x) {
    ConvOptions options =
        new ConvOptions(
            strideY, strideX, top, left, bottom, right, dilationY, dilationX, groups);
    Var y = x.conv(pass.param("weight"), options);
    return bias ? y.add(pass.param("bias").reshape(out, 1, 1)) : y;
  }
}
