package dev.bagel.adversarial.audit;

/**
 * The worst that was found for one input.
 *
 * @param example its number in its data set
 * @param label what it is
 * @param clean what the model says of it
 * @param by the attack that found an error; empty if none did, or none was needed
 * @param predicted what the model says of the worst input that was found
 * @param distance how far away that is; 0 without one
 */
public record Fate(int example, int label, int clean, String by, int predicted, double distance) {
  /** Whether the model withstood everything. */
  public boolean isRobust() {
    return predicted == label;
  }
}
