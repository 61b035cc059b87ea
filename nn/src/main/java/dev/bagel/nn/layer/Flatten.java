package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;

/** [N, …] → [N, D]. */
public record Flatten() implements Layer {
  @Override
  public Var apply(Pass pass, Var x) {
    return x.flatten();
  }
}
