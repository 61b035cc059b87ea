package dev.bagel.adversarial.spatial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.joml.Matrix3d;

/**
 * Sees a flat picture from somewhere else: its four corners move, and a homography moves the rest.
 * θ is where they move, as (right, down) for the corners at the top left, top right, bottom right
 * and bottom left, in shares of the picture's width and height. What comes in from beyond the
 * border is black.
 *
 * @param jitter how far a corner may go along each axis, below a quarter: so far the four stay the
 *     corners of a convex figure, on this side of the horizon
 */
public record Perspective(double jitter) implements Transformation {
  private static final Shape MATRIX = Shape.of(3, 3);
  private static final String[] CORNERS = {"top left", "top right", "bottom right", "bottom left"};

  public Perspective {
    if (!(jitter >= 0 && jitter < 0.25)) {
      throw new IllegalArgumentException(
          "corners that move by " + jitter + " of the picture: from 0 to below 0.25");
    }
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (String corner : CORNERS) {
      all.add(new Parameter(corner + " right", "widths", jitter));
      all.add(new Parameter(corner + " down", "heights", jitter));
    }
    return all;
  }

  @Override
  public Shape matrix() {
    return MATRIX;
  }

  /** From the result back: out of the moved figure to the unit square, and on to the pixels. */
  @Override
  public void fill(double[] theta, Shape picture, double[] m) {
    double w = Math.max(1, picture.dim(2) - 1);
    double h = Math.max(1, picture.dim(1) - 1);
    Matrix3d pixels = new Matrix3d(w, 0, 0, 0, h, 0, 0, 0, 1);
    Matrix3d moved = new Matrix3d(pixels).mul(unitSquareTo(theta));
    Matrix3d back = pixels.mul(moved.invert());
    double[] rows = { // as they are, depth is 1 at the corner at the top left, wherever that went
      back.m00, back.m10, back.m20, back.m01, back.m11, back.m21, back.m02, back.m12, back.m22
    };
    System.arraycopy(rows, 0, m, 0, rows.length);
  }

  /**
   * The homography from the corners of the unit square to where they move: Heckbert 1989,
   * "Fundamentals of texture mapping and image warping", §2.2.3.
   */
  private static Matrix3d unitSquareTo(double[] t) {
    double x0 = t[0];
    double y0 = t[1];
    double x1 = 1 + t[2];
    double y1 = t[3];
    double x2 = 1 + t[4];
    double y2 = 1 + t[5];
    double x3 = t[6];
    double y3 = 1 + t[7];
    double sx = x0 - x1 + x2 - x3;
    double sy = y0 - y1 + y2 - y3;
    double det = (x1 - x2) * (y3 - y2) - (x3 - x2) * (y1 - y2);
    double g = (sx * (y3 - y2) - (x3 - x2) * sy) / det;
    double k = ((x1 - x2) * sy - sx * (y1 - y2)) / det;
    return new Matrix3d( // JOML takes columns
        x1 - x0 + g * x1, y1 - y0 + g * y1, g, x3 - x0 + k * x3, y3 - y0 + k * y3, k, x0, y0, 1);
  }

  @Override
  public Var apply(Var x, Var matrices, Bounds bounds) {
    return Clip.to(
        bounds, Warp.apply(x, matrices, x.shape().dim(2), x.shape().dim(3), Warp.black(bounds)));
  }
}
