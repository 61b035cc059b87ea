package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.spatial.Warp;
import org.joml.Matrix3x2d;

/**
 * Where a patch is on a picture.
 *
 * @param column of its centre, in pixels; the centre of the first pixel is 0
 * @param row of its centre
 * @param degrees how far it is turned, anticlockwise
 * @param scale how much larger it is than its own pixels
 */
public record Placement(double column, double row, double degrees, double scale) {
  /** From pixels of the picture to pixels of a patch of {@code side} pixels: 3 × 3, by rows. */
  void fill(int side, double[] m) {
    double middle = (side - 1) / 2.0;
    Matrix3x2d forward =
        new Matrix3x2d()
            .translate(column, row)
            .rotate(-Math.toRadians(degrees)) // rows go down
            .scale(scale)
            .translate(-middle, -middle);
    Warp.fill(forward.invert(), m);
  }
}
