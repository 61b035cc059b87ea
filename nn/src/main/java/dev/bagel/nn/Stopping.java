package dev.bagel.nn;

/**
 * When to stop before the last epoch: when what is watched has not improved for a while. The model
 * of the best epoch is what training then returns.
 *
 * @param watched what is watched on the validation examples
 * @param patience epochs without improvement that are allowed
 * @param margin by how much a value must be better to count as an improvement
 */
public record Stopping(Watched watched, int patience, double margin) {
  public Stopping {
    if (patience < 0 || !(margin >= 0)) {
      throw new IllegalArgumentException(
          "patience " + patience + ", margin " + margin + ": both from 0 on");
    }
  }

  /** A number that a validation gives. */
  public enum Watched {
    /** Smaller is better. */
    LOSS,
    /** Larger is better. */
    ACCURACY
  }

  /** Never stop, and return the model of the last epoch. */
  public static final Stopping NEVER = new Stopping(Watched.LOSS, Integer.MAX_VALUE, 0);

  public static Stopping onLoss(int patience) {
    return new Stopping(Watched.LOSS, patience, 0);
  }

  public static Stopping onAccuracy(int patience) {
    return new Stopping(Watched.ACCURACY, patience, 0);
  }

  boolean isNever() {
    return patience == Integer.MAX_VALUE;
  }

  /** The watched number, larger being better. */
  double value(Epoch e) {
    return watched == Watched.LOSS ? -e.validationLoss() : e.validationAccuracy();
  }
}
