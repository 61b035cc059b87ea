package dev.bagel.adversarial.universal;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;

/**
 * Where patches may be: the distribution of places, turns and sizes that a patch is trained on and
 * shown at. The centre is uniform among the places where all of the patch is on the picture, or
 * among the middle ones of these; a patch that is too large for that is in the middle.
 *
 * @param degrees the largest turn, either way
 * @param smallest the smallest scale
 * @param largest the largest scale
 * @param room how much of the room along each axis is used: from 0, in the middle, to 1, anywhere
 */
public record Placements(double degrees, double smallest, double largest, double room) {
  public Placements {
    if (!(degrees >= 0 && degrees <= 180)
        || !(smallest > 0 && smallest <= largest)
        || !(room >= 0 && room <= 1)) {
      throw new IllegalArgumentException(
          "turns up to %s°, scales from %s to %s, %s of the room"
                  .formatted(degrees, smallest, largest, room)
              + ": up to 180, positive and in this order, from 0 to 1");
    }
  }

  /** Anywhere, with turns up to 22.5°, in the size that it was made in. */
  public static Placements anywhere() {
    return new Placements(22.5, 1, 1, 1);
  }

  /** The same turns, near the middle. */
  public static Placements within(double room) {
    return new Placements(22.5, 1, 1, room);
  }

  /** One draw for a patch of {@code side} pixels on a picture [C, H, W]. */
  Placement draw(Shape picture, int side, Rng rng) {
    double turn = (2 * rng.uniformDouble(0) - 1) * degrees;
    double scale = smallest + rng.uniformDouble(1) * (largest - smallest);
    double angle = Math.toRadians(turn);
    double reach = // of a turned square, from its centre
        scale * side / 2 * (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle)));
    return new Placement(
        centre(picture.dim(2), reach, rng.uniformDouble(2)),
        centre(picture.dim(1), reach, rng.uniformDouble(3)),
        turn,
        scale);
  }

  /** The picture reaches from −½ to length − ½. */
  private double centre(int length, double reach, double u) {
    double free = Math.max(0, length - 2 * reach);
    return (length - 1) / 2.0 + (u - 0.5) * room * free;
  }
}
