package dev.bagel.autodiff;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Product;
import java.util.List;

/**
 * C = op(A)·op(B), where op transposes if asked: [m, k] × [k, n] → [m, n], or a batch of them, [B,
 * m, k] × [B, k, n] → [B, m, n]; an operand without the batch axis is shared by all products. Ā and
 * B̄ are again products of the same matrices, so none is ever transposed in memory.
 */
public record MatMul(boolean transA, boolean transB) implements Heavy {
  @Override
  public Shape shape(List<Shape> x) {
    Shape a = x.get(0);
    Shape b = x.get(1);
    boolean ranks = a.rank() >= 2 && a.rank() <= 3 && b.rank() >= 2 && b.rank() <= 3;
    if (!ranks || (a.rank() == 3 && b.rank() == 3 && a.dim(0) != b.dim(0))) {
      throw new ShapeException(
          "matmul %s × %s: matrices or equal batches of them are needed", a, b);
    }
    int ka = a.dim(transA ? -2 : -1);
    int kb = b.dim(transB ? -1 : -2);
    if (ka != kb) {
      throw new ShapeException(
          "matmul %s%s × %s%s: inner axes are %d and %d",
          a, transA ? "ᵀ" : "", b, transB ? "ᵀ" : "", ka, kb);
    }
    Shape c = Shape.of(a.dim(transA ? -1 : -2), b.dim(transB ? -2 : -1));
    return a.rank() == 3 ? a.sub(0, 1).concat(c) : b.rank() == 3 ? b.sub(0, 1).concat(c) : c;
  }

  @Override
  public Kernel kernel(Kernels kernels, Operand y, List<Operand> x, Epilogue then) {
    Shape a = x.get(0).shape();
    Shape b = x.get(1).shape();
    Product g =
        new Product(
            y.shape().rank() == 3 ? y.shape().dim(0) : 1,
            y.shape().dim(-2),
            y.shape().dim(-1),
            a.dim(transA ? -2 : -1),
            transA,
            transB,
            a.rank() == 3 ? a.dim(1) * a.dim(2) : 0,
            b.rank() == 3 ? b.dim(1) * b.dim(2) : 0);
    return kernels.matmul(g, x.get(0).span(), x.get(1).span(), y.span(), then);
  }

  @Override
  public Var vjp(int i, Var g, List<Var> x, Var y) {
    Var a = x.get(0);
    Var b = x.get(1);
    Var full =
        i == 0
            ? transA ? product(b, transB, g, true) : product(g, false, b, !transB) // Ā = C̄·Bᵀ
            : transB ? product(g, true, a, transA) : product(a, !transA, g, false); // B̄ = Aᵀ·C̄
    return full.sumTo(x.get(i).shape()); // over the products that share the operand
  }

  static Var product(Var a, boolean transA, Var b, boolean transB) {
    return Var.of(new MatMul(transA, transB), a, b);
  }
}
