package dev.bagel.tensor.kernel;

/**
 * The geometry of a batch of matrix products: {@code C[i] = op(A[i]) · op(B[i])}, where op
 * transposes if asked; op(A) is m×k, op(B) is k×n, C is m×n, all row-major.
 *
 * @param batch number of products
 * @param strideA elements from one A to the next; 0 if all products share one
 * @param strideB elements from one B to the next; 0 if all products share one
 */
public record Product(
    int batch, int m, int n, int k, boolean transA, boolean transB, int strideA, int strideB) {
  /** One product. */
  public static Product of(int m, int n, int k, boolean transA, boolean transB) {
    return new Product(1, m, n, k, transA, transB, 0, 0);
  }
}
