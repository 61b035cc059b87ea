package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import java.util.ArrayList;
import java.util.List;

/** One layer after the other; they are called 0, 1, 2, … */
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      for (Parameter p : layers.get(i).parameters()) {
        all.add(p.under(String.valueOf(i)));
      }
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
