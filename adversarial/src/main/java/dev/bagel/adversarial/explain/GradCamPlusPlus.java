package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Var;
import java.util.Optional;

/**
 * Grad-CAM whose weights look at positive slopes only, each counted so that a class that is seen at
 * several places lights up at all of them. Chattopadhay et al. 2018, "Grad-CAM++: generalized
 * gradient-based visual explanations", §3.
 *
 * <p>For Y = exp(y_c) and a net of relus the second and third derivatives are powers of the first
 * (Eq. 16 to 19). The factor exp(y_c) of the weights is left out: it scales the whole map of an
 * input, and overflows.
 *
 * @param layer the name of the layer, or empty for the last one with maps
 */
public record GradCamPlusPlus(Optional<String> layer) implements LayerMap {
  /** At the last layer with maps. */
  public static GradCamPlusPlus last() {
    return new GradCamPlusPlus(Optional.empty());
  }

  public static GradCamPlusPlus at(String layer) {
    return new GradCamPlusPlus(Optional.of(layer));
  }

  @Override
  public Heatmap heatmap(Question q) {
    return Heatmap.positive(LayerGradient.of(q, layer, this, GradCamPlusPlus::map));
  }

  private static Var map(Var a, Var g) {
    // g² / (2g² + Σ A g³), with g² cancelled: 0/0 where no slope is                     Eq. (19)
    Var below = a.sumAxes(2, 3).mul(g).add(2);
    Var alpha = below.abs().step().where(Var.constant(1f).div(below), 0);
    Var w = alpha.mul(g.relu()).sumAxes(2, 3); // Eq. (5)
    return w.mul(a).sumAxes(1).relu();
  }
}
