package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.kernel.Window;

/** The mean of every square window: [N, C, H, W] → [N, C, OH, OW]. */
public record MeanPool2d(int size, int stride, int padding, boolean ceil, boolean countPadding)
    implements Layer {
  @Override
  public Var apply(Pass pass, Var x) {
    int[] pads = {padding, padding, padding, padding};
    return x.meanPool(Window.of(x.shape(), size, size, stride, stride, pads, ceil, countPadding));
  }
}
