package dev.bagel.nn;

/**
 * What is known of a finished epoch.
 *
 * @param number counted from 1
 * @param loss the objective, averaged over the epoch's examples
 * @param validationLoss mean cross-entropy on the validation examples; NaN if there are none
 * @param validationAccuracy accuracy on them; NaN if there are none
 * @param rate the learning rate of its last step
 */
public record Epoch(
    int number, double loss, double validationLoss, double validationAccuracy, double rate) {
  /** One line that {@link #parse} reads back exactly. */
  String text() {
    return number + " " + loss + " " + validationLoss + " " + validationAccuracy + " " + rate;
  }

  static Epoch parse(String text) {
    String[] f = text.split(" ", -1);
    return new Epoch(
        Integer.parseInt(f[0]),
        Double.parseDouble(f[1]),
        Double.parseDouble(f[2]),
        Double.parseDouble(f[3]),
        Double.parseDouble(f[4]));
  }
}
