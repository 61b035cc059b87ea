package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Cell;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the named parts of a model put out, in the order of a trip through it.
 *
 * @param shapes by name, for a batch of one: [1, C, h, w], [1, D], …
 */
public record Layers(Map<String, Shape> shapes) {
  /** Looks at shapes alone: no layer is computed. */
  public static Layers of(Model model) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    trace(model, 1).activations().forEach((name, y) -> shapes.put(name, y.shape()));
    return new Layers(shapes);
  }

  /**
   * Whether a layer puts out something for every example of a batch. A model that sees one example
   * after the other, as some imported ones do, has what it put out for the last one.
   */
  static boolean seesAll(Model model, String layer) {
    Shape s = trace(model, 2).activation(layer).shape();
    return s.rank() > 0 && s.dim(0) == 2;
  }

  private static Pass trace(Model model, int examples) {
    Pass pass = model.pass();
    model.logits(pass, Cell.of("x", Shape.of(examples).concat(model.example())).var());
    return pass;
  }

  /** Whether what is put out are maps: [1, C, h, w] with more than one place. */
  public static boolean areMaps(Shape s) {
    return s.rank() == 4 && s.dim(2) * s.dim(3) > 1;
  }

  /** The names of those that put out maps. */
  public List<String> withMaps() {
    List<String> names = new ArrayList<>();
    shapes.forEach(
        (name, s) -> {
          if (areMaps(s)) {
            names.add(name);
          }
        });
    return names;
  }

  /**
   * The last one that puts out maps: what it sees has been recognised, and where is still known.
   *
   * @throws ExplanationException if there is none
   */
  public String last() {
    List<String> names = withMaps();
    if (names.isEmpty()) {
      throw new ExplanationException(
          "no layer with maps [N, C, h, w], in a model of "
              + shapes
              + "; explain it by its gradients, as saliency does");
    }
    return names.get(names.size() - 1);
  }

  /**
   * The one that is named, or the last one with maps.
   *
   * @throws ExplanationException if it is not there or puts out no maps
   */
  String find(Optional<String> name) {
    if (name.isEmpty()) {
      return last();
    }
    Shape s = shapes.get(name.get());
    if (s == null || !areMaps(s)) {
      throw new ExplanationException(
          (s == null ? "no layer " + name.get() : "layer " + name.get() + " puts out " + s)
              + ", and maps are needed; take one of "
              + String.join(", ", withMaps()));
    }
    return name.get();
  }
}
