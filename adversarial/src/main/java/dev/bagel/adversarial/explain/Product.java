package dev.bagel.adversarial.explain;

import dev.bagel.tensor.Shape;

/**
 * Two explanations multiplied place by place, at the resolution of the inputs.
 *
 * @param first the one, such as a coarse map of what is recognised
 * @param second the other, such as fine edges
 */
public record Product(Explanation first, Explanation second) implements Explanation {
  /** Guided Grad-CAM: Selvaraju et al. 2017, §3.2. */
  public static Product guidedGradCam(GradCam coarse) {
    return coarse.times(new GuidedBackpropagation());
  }

  @Override
  public Heatmap heatmap(Question q) {
    Heatmap a = first.heatmap(q);
    Heatmap b = second.heatmap(q);
    Shape plane = Heatmap.plane(q.model().example());
    return new Heatmap(
        a.resized(plane).values().mul(b.resized(plane).values()), a.signed() || b.signed());
  }
}
