package dev.bagel.adversarial.explain;

import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * What a layer sees, whatever the class: its maps, and how strongly they answer together at each
 * place, Σ_k |A_k| / C (Zagoruyko and Komodakis 2017, "Paying more attention to attention", §3.1).
 *
 * @param layer the name of the layer, or empty for the last one with maps
 */
public record FeatureMaps(Optional<String> layer) implements LayerMap {
  /** Of the last layer with maps. */
  public static FeatureMaps last() {
    return new FeatureMaps(Optional.empty());
  }

  public static FeatureMaps at(String layer) {
    return new FeatureMaps(Optional.of(layer));
  }

  @Override
  public Heatmap heatmap(Question q) {
    return Heatmap.positive(LayerGradient.of(q, layer, this, (a, g) -> a.abs().meanAxes(1)));
  }

  /** Every map: [N, C, h, w]. */
  public Tensor maps(Question q) {
    return LayerGradient.of(q, layer, List.of(this, "maps"), (a, g) -> a);
  }
}
