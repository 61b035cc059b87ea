/**
 * The fast kernels, in {@code jdk.incubator.vector}. Not exported: {@link
 * dev.bagel.tensor.kernel.Kernels#best} loads {@link dev.bagel.tensor.kernel.simd.VectorKernels} by
 * name, and only in a JVM that was started with {@code --add-modules jdk.incubator.vector}.
 *
 * <p>The idea: <b>whatever multiplies and adds is one of three loops</b>, the methods of {@link
 * dev.bagel.tensor.kernel.simd.Tile}, which keep a tile of eight rows by two vectors in registers
 * and find their operands through tables of distances. The rest is only about which distances:
 *
 * <pre>
 *   kernel           rows of the tile     lanes             k
 *   ───────────────  ───────────────────  ────────────────  ─────────────────────────
 *   Gemm             rows of A            columns of B      the inner axis
 *   DirectConv       output channels      output pixels     (input channel, tap)
 *   ChannelConv      output pixels        output channels   (input channel, tap)
 *   FewInputs        output channels      output pixels     (input channel, tap)
 *   FewOutputs       (output, tap)        input pixels      input channel
 *   Winograd         tiles of an image    output channels   input channel
 *   FilterGradient   (channel, tap)       output channels   pixels of all images
 *   WinogradFilter   input channels       output channels   tiles of all images
 * </pre>
 *
 * <p>Images come and go as [N, C, H, W]; a task copies its part of them into its scratch in
 * whatever order its loop wants, and back. Stride, dilation, padding and groups are distances too:
 * {@link dev.bagel.tensor.kernel.simd.Taps} turns them into sums over shifted planes. {@link
 * dev.bagel.tensor.kernel.simd.Pool} works on such phases, too, or on pairs of rows.
 *
 * <h2>Which convolution</h2>
 *
 * <p>A measured rule, in {@link dev.bagel.tensor.kernel.simd.VectorKernels}; single thread, GFLOP/s
 * of the direct sum, on a core whose multiply-add peak is 117:
 *
 * <ol>
 *   <li>{@link dev.bagel.tensor.kernel.simd.Gemm}: 1×1 without stride and padding is a product,
 *       filters times every image; 70–90 where the convolutions below have 30–60, from 32 pixels
 *       on.
 *   <li>{@link dev.bagel.tensor.kernel.simd.Winograd}, {@link
 *       dev.bagel.tensor.kernel.simd.WinogradFilter}: 3×3 with stride 1 and at least 16 channels on
 *       both sides, 5×5 with 24. 180–330 where {@link dev.bagel.tensor.kernel.simd.DirectConv} has
 *       55–95; the gradient in the filters 150–260 where {@link
 *       dev.bagel.tensor.kernel.simd.FilterGradient} has 60–80. The rounding error is some ten
 *       times larger (3·10⁻⁵ to 10⁻⁴ of the result's root mean square, against 10⁻⁵), and an
 *       infinity or NaN reaches its neighbours; {@code -Dbagel.winograd=false} does without.
 *   <li>{@link dev.bagel.tensor.kernel.simd.FewInputs}: up to four channels to whole tiles of
 *       outputs, which is a first layer: 65–80 where {@link
 *       dev.bagel.tensor.kernel.simd.DirectConv} has 60–70.
 *   <li>{@link dev.bagel.tensor.kernel.simd.FewOutputs}: stride 1 to at most three channels, which
 *       is the input gradient of a first layer.
 *   <li>{@link dev.bagel.tensor.kernel.simd.ChannelConv}: rows of the result no longer than a
 *       vector, as behind a stride: 80 where lines of pixels with holes between them give 45–70,
 *       or, for 1×1 filters with stride 2, 45 against 15.
 *   <li>{@link dev.bagel.tensor.kernel.simd.DirectConv}: everything else.
 * </ol>
 *
 * <p>Reading order: {@link dev.bagel.tensor.kernel.simd.Tile}, {@link
 * dev.bagel.tensor.kernel.simd.Gemm}, {@link dev.bagel.tensor.kernel.simd.Prepared}, {@link
 * dev.bagel.tensor.kernel.simd.MatVec}, {@link dev.bagel.tensor.kernel.simd.Taps}, {@link
 * dev.bagel.tensor.kernel.simd.DirectConv}, {@link dev.bagel.tensor.kernel.simd.Patch}, {@link
 * dev.bagel.tensor.kernel.simd.ChannelConv}, {@link dev.bagel.tensor.kernel.simd.Toom}, {@link
 * dev.bagel.tensor.kernel.simd.Winograd}, {@link dev.bagel.tensor.kernel.simd.FilterGradient},
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
 * <p>And until a loop is compiled, JDK 17 turns every NaN into the same one when it rearranges or
 * blends floats: integers must not travel as the bits of floats.
 *
 * <p>And what is merely slow: masked loads and stores, gathers, {@code reduceLanes} (whose order is
 * not specified either). So: whole vectors into room that is rounded up, and blends. Streams that
 * are a multiple of 4 KiB apart evict each other: the 36 or 64 of {@link
 * dev.bagel.tensor.kernel.simd.Winograd} are 128 bytes more.
 *
 * <p>{@link dev.bagel.tensor.kernel.Kernels#warmUp} tells whether a JVM has compiled these loops
 * well, and replaces those that it has not.
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>The blocked layout nChw16c between layers: it would save the copies, which are a tenth to a
 *       fifth of a minimal filtering's time, but then every operation has to know it, and what
 *       follows a convolution could not run on plain ranges of its result, which saves as much.
 *   <li>Larger tiles for 3×3: F(6×6) does not divide what networks have, 32, 16 and 8 pixels, so it
 *       takes as many multiplications as F(4×4). F(8×8) would save 31 %, at ten times the error.
 *   <li>Transposing 16×16 blocks with shuffles: no faster than sixteen scalar copies (0.4 ns an
 *       element, both).
 *   <li>Splitting k over threads: the bits would depend on how.
 * </ul>
 */
package dev.bagel.tensor.kernel.simd;
