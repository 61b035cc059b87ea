package dev.bagel.adversarial.spatial;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import org.joml.Matrix3x2d;

/**
 * Moves the pixels of pictures: every pixel of the result is read, bilinearly, at the place where a
 * matrix says that it comes from.
 *
 * <p>Places are in pixels, columns to the right and rows downwards, and the centre of the first
 * pixel is (0, 0). So the identity, whole shifts and quarter turns are exact: they read centres.
 * (In the words of other libraries: {@code align_corners} is true, without the detour over −1 … 1.)
 */
public final class Warp {
  private Warp() {}

  /**
   * Pictures through affine maps or homographies: x [N, C, H, W] and matrices [N, 3, 3] → [N, C, h,
   * w].
   *
   * @param matrices the place (u/w, v/w) that pixel (c, r) of the result comes from: (u, v, w) = M
   *     (c, r, 1)
   * @param outside what is read beyond the picture
   */
  public static Var apply(Var x, Var matrices, int h, int w, float outside) {
    int n = x.shape().dim(0);
    Var from = matrices.matmul(Var.constant(centres(h, w))); // [N, 3, h·w]
    Var depth = row(from, 2);
    Var columns = row(from, 0).div(depth);
    Var rows = row(from, 1).div(depth);
    Var y = Fn.pixelSample(x, columns, rows);
    if (outside != 0) {
      Var ones = Var.constant(Tensor.full(x.shape().with(1, 1), 1));
      Var missing = Fn.pixelSample(ones, columns, rows).neg().add(1);
      y = y.add(missing.mul(outside));
    }
    return y.reshape(n, x.shape().dim(1), h, w);
  }

  /** What is beyond a picture: black, the least value; 0 if there is no least one. */
  public static float black(Bounds bounds) {
    return Float.isInfinite(bounds.low()) ? 0 : bounds.low();
  }

  /**
   * An affine map as a 3 × 3 matrix, row by row.
   *
   * @param m maps places of the result to places of the picture
   */
  public static void fill(Matrix3x2d m, double[] into) {
    double[] rows = {m.m00(), m.m10(), m.m20(), m.m01(), m.m11(), m.m21(), 0, 0, 1};
    System.arraycopy(rows, 0, into, 0, rows.length);
  }

  /** (c, r, 1) for every pixel: [3, h·w]. */
  private static Tensor centres(int h, int w) {
    float[] p = new float[3 * h * w];
    for (int k = 0; k < h * w; k++) {
      p[k] = k % w;
      p[h * w + k] = Math.floorDiv(k, w);
      p[2 * h * w + k] = 1;
    }
    return Tensor.wrap(Shape.of(3, h * w), p);
  }

  private static Var row(Var v, int k) {
    return v.slice(1, k, k + 1).reshape(v.shape().dim(0), v.shape().dim(2));
  }
}
