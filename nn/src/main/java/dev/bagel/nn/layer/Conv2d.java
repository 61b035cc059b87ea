package dev.bagel.nn.layer;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.List;

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
  /** Checks that the groups divide the channels. */
  public Conv2d {
    if (groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new ShapeException("conv: %d groups do not divide %d → %d channels", groups, in, out);
    }
  }

  /** The same convolution without a bias, as before batch normalisation. */
  public Conv2d withoutBias() {
    return new Conv2d(
        in, out, kernelY, kernelX, strideY, strideX, top, left, bottom, right, dilationY, dilationX,
        groups, false);
  }

  /** The same convolution with a bias, as after batch normalisation was folded into it. */
  public Conv2d withBias() {
    return new Conv2d(
        in, out, kernelY, kernelX, strideY, strideX, top, left, bottom, right, dilationY, dilationX,
        groups, true);
  }

  /** The same convolution with other padding. */
  public Conv2d pads(int top, int left, int bottom, int right) {
    return new Conv2d(
        in, out, kernelY, kernelX, strideY, strideX, top, left, bottom, right, dilationY, dilationX,
        groups, bias);
  }

  @Override
  public List<Parameter> parameters() {
    Shape s = Shape.of(out, in / groups, kernelY, kernelX);
    Init init = Init.he(in / groups * kernelY * kernelX);
    return bias
        ? Parameter.weightAndBias(s, init, out)
        : List.of(Parameter.weight("weight", s, init));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    ConvOptions options =
        new ConvOptions(strideY, strideX, top, left, bottom, right, dilationY, dilationX, groups);
    Var y = x.conv(pass.param("weight"), options);
    return bias ? y.add(pass.param("bias").reshape(out, 1, 1)) : y;
  }
}
