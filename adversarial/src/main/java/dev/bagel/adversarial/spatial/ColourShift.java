package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.AttackException;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import java.util.List;
import org.joml.Matrix4x3d;
import org.joml.Vector3d;

/**
 * Another light: every colour goes through one affine map, as in Haeberli 1993, "Matrix operations
 * for image processing". In this order: the hue turns about the axis of greys; the distance to the
 * grey of the same luma grows by (1 + saturation); the distance to middle grey by (1 + contrast);
 * brightness is added. In units where black is 0 and white is 1. Grey pictures [N, 1, H, W] have
 * neither hue nor saturation, and keep the other two.
 *
 * @param hue the largest turn, in degrees
 * @param saturation the largest change of the factor
 * @param brightness the largest change, in widths of the bounds
 * @param contrast the largest change of the factor
 */
public record ColourShift(double hue, double saturation, double brightness, double contrast)
    implements Transformation {
  private static final Shape MATRIX = Shape.of(3, 4);
  private static final double RED = 0.299; // luma: Rec. 601
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  public ColourShift {
    parameters(hue, saturation, brightness, contrast);
  }

  /**
   * Every hue, factors from 0.7 to 1.3, and a fifth more or less light: the ranges of Hsiung et al.
   * 2023, "Towards compositional adversarial robustness", Table 1.
   */
  public static ColourShift hsiung() {
    return new ColourShift(180, 0.3, 0.2, 0.3);
  }

  @Override
  public List<Parameter> parameters() {
    return parameters(hue, saturation, brightness, contrast);
  }

  private static List<Parameter> parameters(double h, double s, double b, double c) {
    return List.of(
        new Parameter("hue", "degrees", h),
        new Parameter("saturation", "of the factor", s),
        new Parameter("brightness", "of the range", b),
        new Parameter("contrast", "of the factor", c));
  }

  @Override
  public Shape matrix() {
    return MATRIX;
  }

  @Override
  public void check(Shape x, Bounds bounds) {
    Transformation.super.check(x, bounds);
    if (x.dim(1) != 1 && x.dim(1) != 3) {
      throw new AttackException(
          this + " of " + x.dim(1) + " channels: pictures are grey (1) or red, green, blue (3)");
    }
    if (!bounds.isClosed()) {
      throw new AttackException(
          this + " within " + bounds + ": nothing is black or white; give the model bounds");
    }
  }

  @Override
  public void fill(double[] theta, Shape picture, double[] m) {
    double c = 1 + theta[3];
    Matrix4x3d all =
        new Matrix4x3d()
            .translation(new Vector3d(theta[2] + (1 - c) / 2))
            .scale(c)
            .mul(saturated(1 + theta[1]))
            .rotate(Math.toRadians(theta[0]), new Vector3d(1).normalize());
    double[] rows = {
      all.m00(), all.m10(), all.m20(), all.m30(),
      all.m01(), all.m11(), all.m21(), all.m31(),
      all.m02(), all.m12(), all.m22(), all.m32()
    };
    System.arraycopy(rows, 0, m, 0, rows.length);
  }

  /** s · colour + (1 − s) · luma: JOML takes columns. */
  private static Matrix4x3d saturated(double s) {
    double r = (1 - s) * RED;
    double g = (1 - s) * GREEN;
    double b = (1 - s) * BLUE;
    return new Matrix4x3d(r + s, r, r, g, g + s, g, b, b, b + s, 0, 0, 0);
  }

  @Override
  public Var apply(Var x, Var matrices, Bounds bounds) {
    int n = x.shape().dim(0);
    float width = (float) bounds.width();
    Var unit = bounds.equals(Bounds.UNIT) ? x : x.sub(bounds.low()).div(width);
    Var linear = matrices.slice(2, 0, 3);
    Var shift = matrices.slice(2, 3, 4);
    Var pixels = unit.reshape(n, x.shape().dim(1), x.shape().dim(2) * x.shape().dim(3));
    Var shifted =
        x.shape().dim(1) == 3
            ? linear.matmul(pixels).add(shift)
            : linear.slice(1, 0, 1).sumAxes(2).mul(pixels).add(shift.slice(1, 0, 1));
    Var y = shifted.clamp(0, 1).reshape(x.shape());
    return bounds.equals(Bounds.UNIT) ? y : Clip.to(bounds, y.mul(width).add(bounds.low()));
  }
}
