package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import java.util.List;
import java.util.stream.Stream;

/** body(x) + shortcut(x): He et al. 2016. An empty {@link Sequential} is the identity shortcut. */
public record Residual(Layer body, Layer shortcut) implements Layer {
  /** body(x) + x. */
  public static Residual around(Layer body) {
    return new Residual(body, Layer.sequential());
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.concat(
            body.parameters().stream().map(p -> p.under("body")),
            shortcut.parameters().stream().map(p -> p.under("shortcut")))
        .toList();
  }

  @Override
  public Var apply(Pass pass, Var x) {
    Var y = pass.saw("body", body.apply(pass.in("body"), x));
    return y.add(pass.saw("shortcut", shortcut.apply(pass.in("shortcut"), x)));
  }
}
