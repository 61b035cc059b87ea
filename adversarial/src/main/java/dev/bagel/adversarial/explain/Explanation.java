package dev.bagel.adversarial.explain;

/**
 * A way to say where in an input a model sees a class. A value: equal ones give equal maps, and it
 * prints as what it does.
 */
public sealed interface Explanation permits PixelGradient, LayerMap, Product {
  /** How much each place speaks for the class in question. */
  Heatmap heatmap(Question q);

  /** Both at once: a place counts where it does for this one and for {@code that}. */
  default Product times(Explanation that) {
    return new Product(this, that);
  }
}
