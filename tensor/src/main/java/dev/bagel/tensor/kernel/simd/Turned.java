package dev.bagel.tensor.kernel.simd;

import static dev.bagel.tensor.kernel.simd.Lanes.pieces;

import dev.bagel.tensor.kernel.Epilogue;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Parallel;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.Span;

/**
 * A few rows times a large matrix that is given transposed and changes from run to run: a dense
 * layer in training. It computes {@code Cᵀ = B · Aᵀ}, for then the large matrix is on the left,
 * where a tile reads it in the order in which it lies, and only the small one is packed.
 */
final class Turned implements Kernel {
  /** Columns of C that are turned over at a time. */
  private static final int PIECE = 64;

  private final Product g;
  private final Span c;
  private final Epilogue then;
  private final float[] turned; // [n][m]
  private final Kernel product;
  private final Parallel.Body piece = this::piece;

  /** Whether this is a product of that kind. */
  static boolean fits(Product g, Span b) {
    boolean large = (long) g.n() * g.k() >= 1 << 18;
    return g.batch() == 1 && g.transB() && !b.fixed() && g.m() >= 4 && g.m() <= 128 && large;
  }

  Turned(Product g, Span a, Span b, Span c, Epilogue then) {
    this.g = g;
    this.c = c;
    this.then = then;
    turned = new float[g.n() * g.m()];
    Product other = Product.of(g.n(), g.m(), g.k(), false, !g.transA());
    product = new Gemm(other, b, a, Span.of(turned), Epilogue.NONE);
  }

  @Override
  public void run() {
    product.run();
    Parallel.run(pieces(g.n(), PIECE), piece);
  }

  private void piece(int grain) {
    int j = grain * PIECE;
    int n = Math.min(PIECE, g.n() - j);
    Lanes.separate(turned, j * g.m(), g.m(), g.m(), n, c.array(), c.offset() + j, g.n());
    for (int i = 0; i < g.m() && then != Epilogue.NONE; i++) {
      then.run(i * g.n() + j, i * g.n() + j + n);
    }
  }
}
