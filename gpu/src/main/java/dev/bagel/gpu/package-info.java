/**
 * Whole plans on an OpenCL device, in one launch, through Aparapi.
 *
 * <h2>The idea</h2>
 *
 * <pre>
 *   Program ──► Layout     where arena, cells and constants lie in one array on the device
 *           ──► Lowering   each stage becomes a descriptor: an operation, places, lengths
 *                   │
 *                   ▼
 *   int[] code ──► Interpreter   the one kernel; pass p runs descriptor p
 *                   │
 *                   ▼
 *   execute(range, prologue + body · times + epilogue)      once for a whole attack
 *
 *   cells in ──► [ weights, cells → memory ] [ forward, gradient, sign, project, clip ] × k
 *                                            [ memory → output ] ──► updated cells and outputs out
 * </pre>
 *
 * A step of PGD is a {@link dev.bagel.autodiff.Program}, and so ten steps are its body ten times.
 * Nothing else crosses between the memories: that is the whole point, because a launch for each
 * operation would spend its time on copies.
 *
 * <h2>The kernel</h2>
 *
 * Aparapi translates the bytecode of one class to OpenCL. It shares no buffers between kernels and
 * loses what the device wrote when the collector moves a Java array between two launches (it makes
 * the buffer anew, from the array, in silence). Both leave one design: one kernel, that interprets,
 * in one launch, with no number on the device that the next launch needs. Since only a class with
 * its ancestors becomes a program, the rooms of the kernel are ancestors, one on top of the other:
 *
 * <pre>
 *   Machine ◄ Chains ◄ Rows ◄ Windows ◄ Places ◄ Products ◄ Tile4 ◄ Tile8 ◄ Interpreter
 * </pre>
 *
 * <p>Convolution, both its gradients and matrix products are one tiled product ({@code Products}):
 * a group of 256 items fills two tiles in shared memory, gathering the pixels that a tap reads, and
 * each item keeps 8 × 8 or 4 × 4 sums in registers. An input gradient with a stride is cut into
 * stride² products without one. A chain of elementwise operations that follows is run by the item
 * that has just written the element. The tiles' source is written by a class among the tests; no
 * loop of eight by eight is left to the mercy of a driver's compiler. With the compiler of CUDA 13
 * for compute capability 9.0 the kernel takes 124 registers, spills none, and the inner loop is 64
 * multiply-adds for 16 reads of shared memory; two groups fit a multiprocessor.
 *
 * <h2>What kernel code must keep to</h2>
 *
 * Much of Java is not translated, some of it is translated into something else. {@code KernelRule},
 * among the tests, reads the bytecode for what shows there: only {@code int}, {@code float} and
 * their arrays as fields; no switch, no writes to fields, no objects, no doubles; an unsigned shift
 * stands alone; {@code max} and {@code min} of floats are our own; names do not begin with "is" or
 * "get". What does not show there: no {@code break}; an array of an item holds anything at first; a
 * barrier is reached by all items of a group or by none.
 *
 * <h2>Never in silence</h2>
 *
 * Aparapi's answer to any trouble is to run the kernel in Java. Here a kernel is compiled for its
 * device first, launched with an explicit device and group size (which makes a failed launch an
 * error), and its first call, left out of the translation, throws. A program with an operation that
 * cannot run there is refused. PoCL is refused where its signal handler would break division by
 * zero in the whole JVM. Buffers are the device's own, never the host's memory: a driver for
 * processors would hide every mistake about that.
 *
 * <h2>What agrees with the cores, and how far</h2>
 *
 * Scores agree to 10⁻⁶. A path of PGD agrees as far as each decision on it is the same: a relu or a
 * pool within rounding of a tie gives one image another gradient, and its path parts from there.
 * The device adds up as the direct kernels of the cores do, and beside those ({@code
 * -Dbagel.winograd=false}) all pixels of ResNet-20 and of Madry's net agree after ten steps.
 * Minimal filtering rounds ten times more and breaks ties that are exact in a direct sum, as all
 * are in a black background: beside it, about one image in five of ResNet-20 comes elsewhere, to
 * the same loss.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.gpu.OpenCl}, {@code OpenClDevice}, {@code Resident}, {@code Layout}, {@code
 * Lowering}, {@code ChainCode}, {@code ProductCode}, {@code Tiles}; then the rooms of the kernel
 * from {@code Machine} on.
 *
 * <h2>Why so, and not otherwise</h2>
 *
 * <ul>
 *   <li>Lowering the graph of variables instead of the program was rejected: equal computations,
 *       chains, lifetimes and updates in place would have been found twice, by different rules, and
 *       a program's stages are checked one by one by the kernels of this machine.
 *   <li>A kernel class for each operation was rejected: their buffers would be strangers.
 *   <li>A kernel generated for each program, or handed to the driver as text, was rejected: faster
 *       by what an interpreted chain costs, which is little beside a convolution, for code that
 *       nobody could step through.
 *   <li>Launches with device memory kept between them were rejected: see above on the collector.
 *   <li>Falling back to the cores of this machine was rejected: who asks for a device wants to
 *       know.
 *   <li>Depending on Aparapi in {@code adversarial} was rejected: {@code bagel.jar} stays plain
 *       Java and finds {@code bagel-gpu.jar} if that lies beside it.
 * </ul>
 *
 * <p>While a launch runs, its arrays are pinned. Until JDK 21 that stops the collector of G1, so
 * that other threads may wait for the device; from JDK 22 on it does not. Buffers are made of Java
 * arrays and nothing else, so a program takes as much of the heap as of the device, and less than 2
 * GiB.
 */
package dev.bagel.gpu;
