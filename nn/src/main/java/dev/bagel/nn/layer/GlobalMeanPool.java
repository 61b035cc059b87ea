package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;

/** The mean of every plane: [N, C, H, W] → [N, C]. */
public record GlobalMeanPool() implements Layer {
  @Override
  public Var apply(Pass pass, Var x) {
    return Fn.globalMeanPool(x);
  }
}
