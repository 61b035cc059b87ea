package dev.bagel.adversarial.explain;

import java.util.Optional;

/**
 * An explanation at the resolution of a layer, made of what the layer puts out, A: [N, C, h, w].
 * Without a name it is the last layer that puts out maps: see {@link Layers#last}.
 */
public sealed interface LayerMap extends Explanation permits GradCam, GradCamPlusPlus, FeatureMaps {
  /** The name of the layer, or empty for the last one with maps. */
  Optional<String> layer();
}
