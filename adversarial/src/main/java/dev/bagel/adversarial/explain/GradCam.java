package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Var;
import java.util.Optional;

/**
 * The maps of a layer, added up with the mean slope of the score in each as its weight; what speaks
 * against the class is cut off. Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep
 * networks via gradient-based localization", §3.
 *
 * <p>Where the layer is followed by global mean pooling and one dense layer, this is the class
 * activation map of Zhou et al. 2016, cut off at 0 and divided by the number of places.
 *
 * @param layer the name of the layer, or empty for the last one with maps
 */
public record GradCam(Optional<String> layer) implements LayerMap {
  /** At the last layer with maps. */
  public static GradCam last() {
    return new GradCam(Optional.empty());
  }

  public static GradCam at(String layer) {
    return new GradCam(Optional.of(layer));
  }

  @Override
  public Heatmap heatmap(Question q) {
    return Heatmap.positive(LayerGradient.of(q, layer, this, GradCam::map));
  }

  private static Var map(Var a, Var g) {
    Var alpha = g.meanAxes(2, 3); // Eq. (1)
    return alpha.mul(a).sumAxes(1).relu(); // Eq. (2)
  }
}
