package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;

/**
 * The parameter-free shortcut of CIFAR ResNets (He et al. 2016, §4.2, option A): every {@code
 * stride}-th pixel, with zero channels added on both sides up to {@code channels}.
 */
public record Subsample(int stride, int channels) implements Layer {
  public Subsample {
    if (stride < 1) {
      throw new IllegalArgumentException("subsample with stride " + stride + ": at least 1");
    }
  }

  @Override
  public Var apply(Pass pass, Var x) {
    Shape s = x.shape();
    if (s.rank() != 4 || s.dim(1) > channels) {
      throw new ShapeException(
          "subsample %s to %d channels: [N, C ≤ %d, H, W]", s, channels, channels);
    }
    int h = (s.dim(2) + stride - 1) / stride;
    int w = (s.dim(3) + stride - 1) / stride;
    Var small =
        x.slice(new int[4], new int[] {1, 1, stride, stride}, Shape.of(s.dim(0), s.dim(1), h, w));
    int before = (channels - s.dim(1)) / 2;
    return small.pad(
        new int[] {0, before, 0, 0}, new int[] {0, channels - s.dim(1) - before, 0, 0});
  }
}
