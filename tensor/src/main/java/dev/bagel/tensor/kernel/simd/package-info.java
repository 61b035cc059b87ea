/**
 * The fast kernels, in {@code jdk.incubator.vector}. Not exported: {@link
 * dev.bagel.tensor.kernel.Kernels#best} loads {@link dev.bagel.tensor.kernel.simd.VectorKernels} by
 * name, and only in a JVM that was started with {@code --add-modules jdk.incubator.vector}.
 *
 * <p>The idea: <b>whatever multiplies and adds is one of two loops</b>, {@link
 * dev.bagel.tensor.kernel.simd.Tile#packed} and {@link dev.bagel.tensor.kernel.simd.Tile#rows},
 * which keep a tile of eight rows by two vectors in registers and find their operands through a
 * table of distances. The rest is only about which distances:
 *
 * <pre>
 *   kernel                  rows of the tile   lanes            k
 *   ──────────────────────  ─────────────────  ───────────────  ─────────────────────────
 *   Gemm                    rows of A          columns of B     the inner axis
 *   DirectConv, forward     output channels    output pixels    (input channel, tap)
 *   DirectConv, input       input channels     input pixels     (output channel, tap)
 *   FilterGradient          (channel, tap)     output channels  pixels of all images
 * </pre>
 *
 * <p>Stride, dilation, padding and groups are distances too: a plane is split into the phases of
 * its stride when it is copied into a task's scratch ({@link dev.bagel.tensor.kernel.simd.Taps}),
 * and after that nothing knows about them. {@link dev.bagel.tensor.kernel.simd.Pool} does the same
 * with compare and blend in place of multiply and add.
 *
 * <p>Reading order: {@link dev.bagel.tensor.kernel.simd.Tile}, {@link
 * dev.bagel.tensor.kernel.simd.Gemm}, {@link dev.bagel.tensor.kernel.simd.Taps}, {@link
 * dev.bagel.tensor.kernel.simd.DirectConv}, {@link dev.bagel.tensor.kernel.simd.FilterGradient},
 * {@link dev.bagel.tensor.kernel.simd.DepthwiseFilter}, {@link
 * dev.bagel.tensor.kernel.simd.Elementwise}, {@link dev.bagel.tensor.kernel.simd.Transcendental},
 * {@link dev.bagel.tensor.kernel.simd.Pool}.
 *
 * <h2>Rules for whoever writes a loop here</h2>
 *
 * <p>Vectors must stay in registers. C2 of JDK 17 puts them on the heap, and the loop becomes ten
 * to forty times slower for good, in these cases, all of them measured:
 *
 * <ul>
 *   <li>two vector shapes in one JVM: there is one, {@link dev.bagel.tensor.kernel.simd.Lanes#F};
 *   <li>accumulators that live across two nested loops: flatten them into one with a table;
 *   <li>a vector that is chosen in a branch and stored after it: store in each branch;
 *   <li>a vector that is passed to a method of ours: whether C2 inlines it is a matter of timing,
 *       so a loop calls nothing but the Vector API;
 *   <li>a loop body with too much in it, such as two exponentials: make it two loops over a block.
 * </ul>
 *
 * <p>And what is merely slow: masked loads and stores, gathers, {@code reduceLanes} (whose order is
 * not specified either). So: whole vectors into room that is rounded up, and blends.
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>The blocked layout nChw16c makes convolutions some percent faster, but then every operation
 *       between two convolutions has to know it.
 *   <li>Winograd's F(4×4, 3×3) would halve the time of 3×3 convolutions and has thirty times the
 *       rounding error; as it differs in bits it would have to be a named mode.
 *   <li>Splitting k over threads: the bits would depend on how.
 * </ul>
 */
package dev.bagel.tensor.kernel.simd;
