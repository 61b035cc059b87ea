package dev.bagel.autodiff;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** Functions that are composed of operations, and so need no gradient of their own. */
public final class Fn {
  private Fn() {}

  // ---- activations ------------------------------------------------------------------------------

  public static Var softmax(Var x) {
    return x.logSoftmax().exp();
  }

  /** x where positive, else slope · x. */
  public static Var leakyRelu(Var x, float slope) {
    return x.step().where(x, x.mul(slope));
  }

  /** x where positive, else α (eˣ − 1): Clevert et al. 2016. */
  public static Var elu(Var x, float alpha) {
    return x.step().where(x, x.min(0).expm1().mul(alpha));
  }

  /** x Φ(x): Hendrycks and Gimpel 2016. */
  public static Var gelu(Var x) {
    return x.mul(0.5f).mul(x.mul((float) Math.sqrt(0.5)).erf().add(1));
  }

  /** x σ(x), also called swish: Ramachandran et al. 2017. */
  public static Var silu(Var x) {
    return x.mul(x.sigmoid());
  }

  /** log(1 + e^(βx)) / β: a relu with a round corner. */
  public static Var softplus(Var x, float beta) {
    return x.mul(beta).softplus().mul(1 / beta);
  }

  // ---- normalisation and regularisation
  // -----------------------------------------------------------

  /**
   * (x − mean) / √(variance + ε) · scale + shift, where statistics and parameters broadcast to x.
   */
  public static Var normalize(Var x, Var mean, Var variance, float epsilon, Var scale, Var shift) {
    Var factor = scale.div(variance.add(epsilon).sqrt());
    return x.sub(mean).mul(factor).add(shift); // not x·factor + …: that cancels where |mean| ≫ σ
  }

  /** The mean over some axes, which stay with length 1. */
  public static Var mean(Var x, int... axes) {
    return x.meanAxes(axes);
  }

  /** The mean squared distance from {@code mean} over some axes. */
  public static Var variance(Var x, Var mean, int... axes) {
    return x.sub(mean).square().meanAxes(axes);
  }

  /** Layer normalisation over the last axes, as many as {@code scale} has: Ba et al. 2016. */
  public static Var layerNorm(Var x, Var scale, Var shift, float epsilon) {
    int[] axes = new int[scale.shape().rank()];
    Arrays.setAll(axes, i -> -1 - i);
    Var mean = x.meanAxes(axes);
    Var centred = x.sub(mean);
    Var deviation = centred.square().meanAxes(axes).add(epsilon).sqrt();
    return centred.div(deviation).mul(scale).add(shift);
  }

  /** Numbers drawn uniformly from [0, 1): see {@link #key}. */
  public static Var uniform(Var key, String purpose, Shape shape) {
    return Var.of(new Noise(Noise.Of.UNIFORM, purpose, shape), key);
  }

  /** Numbers drawn from the standard normal distribution. */
  public static Var gaussian(Var key, String purpose, Shape shape) {
    return Var.of(new Noise(Noise.Of.GAUSSIAN, purpose, shape), key);
  }

  /** A stream of random numbers as a tensor [4] that a graph can draw from. */
  public static Tensor key(Rng rng) {
    return Noise.key(rng);
  }

  /**
   * Zero with probability {@code rate}, else scaled so that the mean stays: Srivastava et al. 2014.
   */
  public static Var dropout(Var x, float rate, Var key, String purpose) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout with rate " + rate + ": 0 <= rate < 1");
    }
    Var kept = uniform(key, purpose, x.shape()).atLeast(Var.constant(rate));
    return x.mul(kept).mul(1 / (1 - rate));
  }

  // ---- projections on balls, for rows [N, D] and radii [N, 1]

  /** The shrinkage θ with Σ max(|xᵢ| − θ, 0) = radius, per row; 0 inside the ball: Duchi 2008. */
  public static Var l1Threshold(Var x, Var radius) {
    return Var.of(new L1Threshold(), x, radius);
  }

  /** 1 for the k largest elements of every row, 0 for the rest: [N, D] and [N, 1] → [N, D]. */
  public static Var largest(Var x, Var k) {
    return Var.of(new Largest(), x, k);
  }

  // ---- images -----------------------------------------------------------------------------------

  /** The mean of every plane: [N, C, H, W] → [N, C]. */
  public static Var globalMeanPool(Var x) {
    return x.meanAxes(2, 3).reshape(x.shape().sub(0, 2));
  }

  /** How {@link #resize} finds a source coordinate for an output coordinate. */
  public enum Resize {
    /** The nearest pixel, halves down: floor(i · in / out). */
    NEAREST,
    /** Two neighbours per axis, pixels seen as areas: (i + ½) · in / out − ½. */
    BILINEAR,
    /** Two neighbours per axis, corners on corners: i · (in − 1) / (out − 1). */
    BILINEAR_ALIGN_CORNERS
  }

  /**
   * Another number of pixels: [N, C, H, W] → [N, C, h, w]. Resizing is linear and separable: Y = A
   * X Bᵀ for every plane, so it is two products with constant matrices.
   */
  public static Var resize(Var x, int h, int w, Resize how) {
    Tensor a = interpolation(x.shape().dim(2), h, how);
    Tensor b = interpolation(x.shape().dim(3), w, how);
    return Var.constant(a).matmul(x.matmul(Var.constant(b), false, true));
  }

  /** The matrix [out, in] that resizes one axis. */
  static Tensor interpolation(int in, int out, Resize how) {
    IntToDoubleFunction source =
        switch (how) {
          case NEAREST -> i -> Math.min(in - 1, (int) ((long) i * in / out));
          case BILINEAR -> i -> (i + 0.5) * in / out - 0.5;
          case BILINEAR_ALIGN_CORNERS -> i -> out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
        };
    float[] m = new float[out * in];
    for (int i = 0; i < out; i++) {
      double at = Math.min(in - 1, Math.max(0, source.applyAsDouble(i)));
      int left = (int) at;
      double f = at - left;
      m[i * in + left] += (float) (1 - f);
      if (f > 0) {
        m[i * in + left + 1] += (float) f;
      }
    }
    return Tensor.wrap(Shape.of(out, in), m);
  }

  /** What {@link #gridSample} finds outside the image. */
  public enum Outside {
    ZEROS,
    /** The nearest pixel of the border. */
    BORDER
  }

  /**
   * Reads an image at the places of a grid, bilinearly: x [N, C, H, W], grid [N, OH, OW, 2] of (x,
   * y) in [−1, 1] → [N, C, OH, OW]. Differentiable in both. Jaderberg et al. 2015, Eq. (5).
   *
   * @param alignCorners whether −1 and 1 are the centres of the corner pixels, or their outer edges
   */
  public static Var gridSample(Var x, Var grid, Outside outside, boolean alignCorners) {
    if (x.shape().rank() != 4
        || grid.shape().rank() != 4
        || grid.shape().dim(0) != x.shape().dim(0)
        || grid.shape().dim(3) != 2) {
      throw new ShapeException(
          "gridSample of %s at %s: [N, C, H, W] at [N, OH, OW, 2]", x.shape(), grid.shape());
    }
    int n = x.shape().dim(0);
    int places = grid.shape().dim(1) * grid.shape().dim(2);
    Var flat = grid.reshape(n, places, 2);
    Var gx = flat.slice(2, 0, 1).reshape(n, places);
    Var gy = flat.slice(2, 1, 2).reshape(n, places);
    return pixelSample(
            x,
            pixel(gx, x.shape().dim(3), outside, alignCorners),
            pixel(gy, x.shape().dim(2), outside, alignCorners))
        .reshape(n, x.shape().dim(1), grid.shape().dim(1), grid.shape().dim(2));
  }

  /**
   * Reads an image bilinearly at places that are given in pixels: x [N, C, H, W], columns and rows
   * [N, Q] → [N, C, Q]. The centre of pixel (r, c) is at row r, column c, so that whole numbers
   * read single pixels to the last bit; beyond the outermost centres the image fades to 0 within a
   * pixel. Differentiable in all three; at a whole number the derivative is that towards larger
   * numbers.
   */
  public static Var pixelSample(Var x, Var columns, Var rows) {
    if (x.shape().rank() != 4
        || columns.shape().rank() != 2
        || columns.shape().dim(0) != x.shape().dim(0)
        || !columns.shape().equals(rows.shape())) {
      throw new ShapeException(
          "pixelSample of %s at %s and %s: [N, C, H, W] at [N, Q] and [N, Q]",
          x.shape(), columns.shape(), rows.shape());
    }
    int h = x.shape().dim(2);
    int w = x.shape().dim(3);
    Var left = columns.floor();
    Var top = rows.floor();
    Var fx = columns.sub(left);
    Var fy = rows.sub(top);
    Var image = x.reshape(x.shape().sub(0, 2).concat(Shape.of(h * w)));
    Shape each = Shape.of(columns.shape().dim(0), 1, columns.shape().dim(1));
    Var sum = null;
    for (int corner = 0; corner < 4; corner++) {
      int dx = corner % 2;
      int dy = corner / 2;
      Var weight = (dx == 0 ? fx.neg().add(1) : fx).mul(dy == 0 ? fy.neg().add(1) : fy);
      Var index = index(left.add(dx), top.add(dy), w, h);
      Var part = image.gather(index).mul(weight.reshape(each));
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  private static Var pixel(Var coordinate, int length, Outside outside, boolean alignCorners) {
    Var p =
        alignCorners
            ? coordinate.add(1).mul(0.5f * (length - 1))
            : coordinate.add(1).mul(length).sub(1).mul(0.5f);
    return outside == Outside.BORDER ? p.clamp(0, length - 1) : p;
  }

  /** row · W + column, or −1 outside the image, where gathering reads 0. */
  private static Var index(Var column, Var row, int w, int h) {
    Var inside =
        column
            .atLeast(Var.constant(0f))
            .mul(row.atLeast(Var.constant(0f)))
            .mul(Var.constant(w - 1f).atLeast(column))
            .mul(Var.constant(h - 1f).atLeast(row));
    return inside.where(row.mul(w).add(column), -1);
  }
}
