package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import java.util.List;

/** One layer after the other; they are called 0, 1, 2, … */
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  @Override
  public Params init(Rng rng) {
    Params all = Params.NONE;
    for (int i = 0; i < layers.size(); i++) {
      all = all.and(layers.get(i).init(rng.at(i)).under(String.valueOf(i)));
    }
    return all;
  }

  @Override
  public Var apply(Pass pass, Var x) {
    Var y = x;
    for (int i = 0; i < layers.size(); i++) {
      String name = String.valueOf(i);
      y = pass.saw(name, layers.get(i).apply(pass.in(name), y));
    }
    return y;
  }
}
