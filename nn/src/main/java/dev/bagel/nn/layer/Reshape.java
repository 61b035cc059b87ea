package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.List;

/** [N, …] → [N, to…]. */
public record Reshape(List<Integer> to) implements Layer {
  @Override
  public Var apply(Pass pass, Var x) {
    Shape rest = Shape.of(to.stream().mapToInt(i -> i).toArray());
    return x.reshape(x.shape().sub(0, 1).concat(rest));
  }
}
