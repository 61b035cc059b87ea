package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.util.Map;

/** Products of matrices. */
final class Products {
  private Products() {}

  static final Map<String, Operator> OPERATORS =
      Map.of(
          "MatMul", Operator.one(Products::matmul),
          "Gemm", Operator.one(Products::gemm),
          "Einsum", Operator.one(c -> Einsum.of(c)));

  /** A vector on the left is a row, one on the right a column. */
  private static Var matmul(Call c) {
    Var a = c.var(0);
    Var b = c.var(1);
    if (a.shape().rank() == 0 || b.shape().rank() == 0) {
      throw new ShapeException(
          "matmul %s × %s: vectors or matrices are needed", a.shape(), b.shape());
    }
    c.mixes(0, -1);
    c.mixes(1, b.shape().rank() == 1 ? -1 : -2);
    Var left = a.shape().rank() == 1 ? a.reshape(1, a.size()) : a;
    Var right = b.shape().rank() == 1 ? b.reshape(b.size(), 1) : b;
    Var y = left.matmul(right);
    Shape s = y.shape();
    if (b.shape().rank() == 1) {
      s = s.sub(0, s.rank() - 1);
    }
    if (a.shape().rank() == 1) {
      s = s.without(b.shape().rank() == 1 ? -1 : -2);
    }
    return y.reshape(s);
  }

  /** α op(A) op(B) + β C. */
  private static Var gemm(Call c) {
    boolean transA = c.attributes().flag("transA");
    boolean transB = c.attributes().flag("transB");
    c.mixes(0, transA ? 0 : 1);
    c.mixes(1, transB ? 1 : 0);
    float alpha = c.attributes().real("alpha", 1);
    float beta = c.attributes().real("beta", 1);
    Var y = scaled(c.var(0).matmul(c.var(1), transA, transB), alpha);
    return c.has(2) && beta != 0 ? y.add(scaled(c.var(2), beta)) : y;
  }

  private static Var scaled(Var x, float by) {
    return by == 1 ? x : x.mul(by);
  }
}
