package dev.bagel.adversarial.spatial;

import dev.bagel.adversarial.AttackException;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * A family T(x; θ) of pictures with a few parameters, of which θ = 0 is the picture itself. Each
 * member is a matrix, so that the way from parameters to matrices is arithmetic of a few numbers,
 * and the way from matrices to pictures is the same graph for every search.
 */
public sealed interface Transformation permits RotationTranslation, Perspective, ColourShift {
  /** What θ consists of, in this order. */
  List<Parameter> parameters();

  /** The shape of a matrix, [rows, columns]. */
  Shape matrix();

  /**
   * The matrix of these parameters, row by row, into {@code m}.
   *
   * @param theta one number for each parameter
   * @param picture [C, H, W]
   */
  void fill(double[] theta, Shape picture, double[] m);

  /**
   * The pictures: [N, C, H, W] and matrices [N, rows, columns] → [N, C, H, W], inside the bounds
   * and differentiable in both.
   */
  Var apply(Var x, Var matrices, Bounds bounds);

  /**
   * Refuses pictures that this cannot change.
   *
   * @throws AttackException if there are some
   */
  default void check(Shape x, Bounds bounds) {
    if (x.rank() != 4) {
      throw new AttackException(
          this + " of inputs " + x + ": it changes pictures [N, C, H, W]; reshape them to that");
    }
  }

  /** The matrices of parameters [N, P]: [N, rows, columns]. */
  default Tensor matrices(Tensor theta, Shape picture) {
    int n = theta.shape().dim(0);
    int size = matrix().size();
    float[] all = new float[n * size];
    double[] m = new double[size];
    for (int i = 0; i < n; i++) {
      fill(row(theta, i), picture, m);
      for (int j = 0; j < size; j++) {
        all[i * size + j] = (float) m[j];
      }
    }
    return Tensor.wrap(Shape.of(n).concat(matrix()), all);
  }

  /** The pictures with these parameters: [N, C, H, W] and [N, P] → [N, C, H, W]. */
  default Tensor apply(Tensor x, Tensor theta, Bounds bounds) {
    check(x.shape(), bounds);
    Tensor matrices = matrices(theta, x.shape().sub(1, 4));
    return apply(Var.constant(x), Var.constant(matrices), bounds).value();
  }

  /**
   * ∂matrix/∂θ at one example, [rows · columns][P]. The entries are smooth functions of a few
   * numbers, computed in double, so central differences give their derivatives to eight digits.
   */
  default double[][] jacobian(double[] theta, Shape picture) {
    double[][] jacobian = new double[matrix().size()][theta.length];
    double[] up = new double[matrix().size()];
    double[] down = new double[matrix().size()];
    for (int p = 0; p < theta.length; p++) {
      double h = 1e-4 * Math.max(parameters().get(p).limit(), 1e-3);
      double[] at = theta.clone();
      at[p] = theta[p] + h;
      fill(at, picture, up);
      at[p] = theta[p] - h;
      fill(at, picture, down);
      for (int j = 0; j < up.length; j++) {
        jacobian[j][p] = (up[j] - down[j]) / (2 * h);
      }
    }
    return jacobian;
  }

  private static double[] row(Tensor theta, int i) {
    double[] row = new double[theta.shape().dim(1)];
    for (int p = 0; p < row.length; p++) {
      row[p] = theta.get(i * row.length + p);
    }
    return row;
  }
}
