package dev.bagel.nn.io;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.Flatten;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer with parameters in a network.
 *
 * @param path what its parameters' names begin with, without the dot
 * @param flattened the planes [C, H, W] that its inputs were before they became a row, if they did
 */
record Place(String path, Layer layer, Optional<Shape> flattened) {
  /** All of a network that takes inputs of shape {@code example}, in the order of evaluation. */
  static List<Place> all(Layer net, Shape example) {
    Map<String, Var> numbers = new LinkedHashMap<>();
    for (Parameter p : net.parameters()) {
      numbers.put(p.name(), Var.unknown(p.shape()));
    }
    Pass pass = Pass.evaluate(numbers);
    net.apply(pass, Var.unknown(Shape.of(1).concat(example)));
    Walk walk = new Walk(pass.activations());
    walk.into(net, "", example);
    return walk.places;
  }

  /** The full name of a parameter. */
  String name(String parameter) {
    return path.isEmpty() ? parameter : path + "." + parameter;
  }

  /** Follows shapes through a network. */
  private static final class Walk {
    private final Map<String, Var> activations;
    private final List<Place> places = new ArrayList<>();
    private Optional<Shape> flattened = Optional.empty();

    Walk(Map<String, Var> activations) {
      this.activations = activations;
    }

    void into(Layer layer, String path, Shape input) {
      if (layer instanceof Sequential s) {
        Shape x = input;
        for (int i = 0; i < s.layers().size(); i++) {
          String at = under(path, String.valueOf(i));
          into(s.layers().get(i), at, x);
          Shape y = activations.get(at).shape();
          x = y.sub(1, y.rank());
        }
        return;
      }
      if (layer instanceof Residual r) {
        Optional<Shape> before = flattened;
        into(r.body(), under(path, "body"), input);
        flattened = before;
        into(r.shortcut(), under(path, "shortcut"), input);
        flattened = Optional.empty();
        return;
      }
      if (!layer.parameters().isEmpty()) {
        places.add(new Place(path, layer, flattened));
      }
      if (layer instanceof Flatten) {
        flattened = Optional.of(input).filter(s -> s.rank() == 3);
      } else if (!(layer instanceof Activation || layer instanceof Dropout)) {
        flattened = Optional.empty();
      }
    }

    private static String under(String path, String name) {
      return path.isEmpty() ? name : path + "." + name;
    }
  }
}
