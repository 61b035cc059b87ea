/**
 * Numbers: immutable n-dimensional arrays of {@code float}, and randomness without state.
 *
 * <p>The idea is to have as little as possible here. A {@link dev.bagel.tensor.Tensor} is a {@link
 * dev.bagel.tensor.Shape} and a {@code float[]} in row-major order; {@code data.length ==
 * shape.size()}, always. So every loop of the engine sees plain arrays from 0 to n, and a reader
 * has to know nothing but the order of the elements.
 *
 * <pre>{@code
 * Tensor images = Tensor.uniform(Shape.of(8, 3, 32, 32), 0, 1, Rng.of(7).at("images"));
 * Tensor mean = images.sumTo(Shape.of(1, 3, 1, 1)).mul(1f / (8 * 32 * 32));
 * Tensor centred = images.sub(mean);
 * }</pre>
 *
 * <p>Reading order: {@link dev.bagel.tensor.Shape} (broadcasting is there), {@link
 * dev.bagel.tensor.Tensor}, {@link dev.bagel.tensor.Rng}; then {@link dev.bagel.tensor.kernel} for
 * the loops, and {@link dev.bagel.tensor.io} for files.
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>Strided views would triple every kernel. Reshaping shares the array; transposing copies,
 *       and the product of matrices takes flags, so the common transposes never happen.
 *   <li>One element type. Labels are {@code int[]}, flags {@code boolean[]}: Java has these
 *       already. Sums are accumulated in double where it matters, which is accurate enough to check
 *       gradients by finite differences.
 *   <li>No device and no memory scope on a tensor. Whoever wants to run the same loops again and
 *       again without allocating prepares {@link dev.bagel.tensor.kernel.Kernel}s over arrays of
 *       its own.
 *   <li>A generator that remembers has to be split, passed on and saved. {@link
 *       dev.bagel.tensor.Rng} is a pure function of a key and a counter: what is drawn for an
 *       example depends neither on the batch that it came in, nor on threads, nor on order.
 * </ul>
 */
package dev.bagel.tensor;
