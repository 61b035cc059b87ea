package dev.bagel.adversarial.spatial;

/**
 * One number that a transformation depends on: from −limit to limit, and 0 changes nothing.
 *
 * @param name such as {@code rotation}
 * @param unit such as {@code degrees}
 * @param limit how far it may go, in this unit
 */
public record Parameter(String name, String unit, double limit) {
  public Parameter {
    if (!(limit >= 0) || Double.isInfinite(limit)) {
      throw new IllegalArgumentException(
          name + " up to " + limit + " " + unit + ": a limit is a number from 0 on");
    }
  }
}
