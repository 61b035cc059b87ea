package dev.bagel.adversarial.spatial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import java.util.List;
import org.joml.Matrix3x2d;

/**
 * Turns a picture about its centre and then shifts it: Engstrom et al. 2019, "Exploring the
 * landscape of spatial robustness", §2. θ = (degrees, pixels to the right, pixels down); a positive
 * angle turns anticlockwise. What comes in from beyond the border is black.
 *
 * @param degrees the largest angle, either way
 * @param pixels the largest shift along each axis, either way
 */
public record RotationTranslation(double degrees, double pixels) implements Transformation {
  private static final Shape MATRIX = Shape.of(3, 3);

  public RotationTranslation {
    checked(degrees, pixels);
  }

  private static void checked(double degrees, double pixels) {
    new Parameter("rotation", "degrees", degrees);
    new Parameter("translation", "pixels", pixels);
  }

  /** 30° and 3 pixels, a tenth of MNIST's and CIFAR's pictures: Engstrom et al. 2019, §3. */
  public static RotationTranslation engstrom() {
    return new RotationTranslation(30, 3);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter("rotation", "degrees", degrees),
        new Parameter("right", "pixels", pixels),
        new Parameter("down", "pixels", pixels));
  }

  @Override
  public Shape matrix() {
    return MATRIX;
  }

  /** The inverse of: the centre to the origin, the turn, the centre back, the shift. */
  @Override
  public void fill(double[] theta, Shape picture, double[] m) {
    double cx = (picture.dim(2) - 1) / 2.0;
    double cy = (picture.dim(1) - 1) / 2.0;
    Matrix3x2d forward =
        new Matrix3x2d()
            .translate(cx + theta[1], cy + theta[2])
            .rotate(-Math.toRadians(theta[0])) // rows go down, so JOML turns clockwise
            .translate(-cx, -cy);
    Warp.fill(forward.invert(), m);
  }

  @Override
  public Var apply(Var x, Var matrices, Bounds bounds) {
    return Clip.to(
        bounds, Warp.apply(x, matrices, x.shape().dim(2), x.shape().dim(3), Warp.black(bounds)));
  }
}
