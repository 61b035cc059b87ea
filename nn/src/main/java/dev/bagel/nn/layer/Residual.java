package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;

/** body(x) + shortcut(x): He et al. 2016. An empty {@link Sequential} is the identity shortcut. */
public record Residual(Layer body, Layer shortcut) implements Layer {
  /** body(x) + x. */
  public static Residual around(Layer body) {
    return new Residual(body, Layer.sequential());
  }

  @Override
  public Params init(Rng rng) {
    return body.init(rng.at("body")).under("body")
        .and(shortcut.init(rng.at("shortcut")).under("shortcut"));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    Var y = pass.saw("body", body.apply(pass.in("body"), x));
    return y.add(pass.saw("shortcut", shortcut.apply(pass.in("shortcut"), x)));
  }
}
