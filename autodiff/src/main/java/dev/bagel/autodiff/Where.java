package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Pointwise;
import java.util.List;

/** mask ≠ 0 ? a : b, element by element. What is not chosen is not touched, so it may be NaN. */
public record Where() implements Elementwise {
  @Override
  public int emit(Pointwise chain, int... registers) {
    return chain.select(registers[0], registers[1], registers[2]);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    Var mask = x.get(0);
    return switch (i) {
      case 1 -> mask.where(g, 0).sumTo(x.get(1).shape());
      case 2 -> mask.where(0, g).sumTo(x.get(2).shape());
      default -> null;
    };
  }
}
