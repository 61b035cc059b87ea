/**
 * The loops that are worth making fast, and what runs them.
 *
 * <p>{@link dev.bagel.tensor.kernel.Kernels} is the whole list, over flat arrays. It has two kinds
 * of method. Short loops work on one block that fits the first-level cache. Heavy ones are
 * <em>prepared</em>: the geometry and the memory are given once, the answer is a {@link
 * dev.bagel.tensor.kernel.Kernel}, and running it allocates nothing. An attack asks for the same
 * forward and backward pass ten to ten thousand times, so preparing is where everything may cost
 * something (tables of distances, packed weights) and running is where nothing may.
 *
 * <pre>
 *   Tensor, plans of a graph
 *        │ Span: where an operand is
 *        ▼
 *   Pointwise  Reduction          chains and reductions of any shape, block by block
 *        │         │
 *        ▼         ▼
 *   Kernels: unary binary select sum max │ matmul conv pool logSoftmax
 *        ├── ReferenceKernels              the definitions, which people read
 *        ├── ScalarKernels                 plain Java, in shapes that the compiler vectorises
 *        └── simd.VectorKernels            the fastest, where jdk.incubator.vector is
 *        │
 *        ▼
 *   Parallel  Scratch             threads; working memory of a thread
 * </pre>
 *
 * <p>Reading order: {@link dev.bagel.tensor.kernel.Span}, {@link dev.bagel.tensor.kernel.Kernels},
 * {@link dev.bagel.tensor.kernel.ReferenceKernels} with the geometries {@link
 * dev.bagel.tensor.kernel.Product}, {@link dev.bagel.tensor.kernel.Conv} and {@link
 * dev.bagel.tensor.kernel.Window}; then {@link dev.bagel.tensor.kernel.Pointwise}, {@link
 * dev.bagel.tensor.kernel.Epilogue}, {@link dev.bagel.tensor.kernel.Reduction} and {@link
 * dev.bagel.tensor.kernel.Parallel}; {@link dev.bagel.tensor.kernel.ScalarKernels} with {@link
 * dev.bagel.tensor.kernel.RowPanel}; {@link dev.bagel.tensor.kernel.SelfTest}.
 *
 * <h2>Three promises</h2>
 *
 * <ol>
 *   <li><b>The same bits for any number of threads, every time.</b> Work is cut by size, never by
 *       the number of threads, and each output is written by one task in a fixed order. Experiments
 *       rest on this.
 *   <li><b>No allocation in a run.</b> Bodies are fields, working memory is a thread's {@link
 *       dev.bagel.tensor.kernel.Scratch}.
 *   <li><b>One contract for all implementations.</b> The tests' {@code KernelsContract} compares
 *       each of them with a direct computation in double, and {@code AssertingKernels} watches what
 *       they read and write.
 * </ol>
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>A loop over a lambda is a megamorphic call for every element: thirty to fifty times slower
 *       than a loop of its own (measured). Hence the enums, and a {@code switch} outside each loop.
 *   <li>{@code ForkJoinPool} takes ten to twenty microseconds for an empty fork and join; {@link
 *       dev.bagel.tensor.kernel.Parallel} takes less than one while kernels follow each other
 *       closely.
 *   <li>Convolution as {@code unfold} and {@code matmul} needs k² times the image's memory, and
 *       moving it costs more than multiplying. It is the definition, and a test, but no kernel.
 *   <li>An output argument in every method, as in EJML, stays below {@link
 *       dev.bagel.tensor.Tensor}: nobody else sees it.
 * </ul>
 */
package dev.bagel.tensor.kernel;
