package dev.bagel.adversarial;

/**
 * What an attack asked of a model.
 *
 * @param gradients backward passes, counted for each example
 * @param forwards forward passes without a backward one, counted for each example
 */
public record Cost(long gradients, long forwards) {
  public static final Cost NONE = new Cost(0, 0);

  public Cost plus(Cost more) {
    return new Cost(gradients + more.gradients, forwards + more.forwards);
  }

  public Cost times(long n) {
    return new Cost(gradients * n, forwards * n);
  }
}
