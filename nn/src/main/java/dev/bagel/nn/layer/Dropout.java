package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;

/** Drops each element with probability {@code rate} in training; Srivastava et al. 2014. */
public record Dropout(float rate) implements Layer {
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout rate " + rate + ": it must be in [0, 1)");
    }
  }

  @Override
  public Var apply(Pass pass, Var x) {
    return pass.mode() == Pass.Mode.TRAIN ? Fn.dropout(x, rate, pass.key(), pass.path()) : x;
  }
}
