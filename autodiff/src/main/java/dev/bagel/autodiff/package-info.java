/**
 * Derivatives: variables that remember, a closed family of operations, and plans that replay a
 * graph.
 *
 * <h2>One graph, many readers</h2>
 *
 * A computation is written once, with {@link dev.bagel.autodiff.Var}s. What the variables leave
 * behind is a graph of {@link dev.bagel.autodiff.Op}s, and everything else reads that graph:
 *
 * <pre>
 *   Var ──► graph ──► Grad      walks it backwards and leaves more graph: second order is free
 *                 ──► Plan      freezes it into kernels over one arena, replayed without allocating,
 *                                here or on a Device
 *                 ──► (bounds, files, pictures: the modules above)
 * </pre>
 *
 * Over tensors the graph is computed as it is written, so that a reader can put a breakpoint
 * anywhere. Over {@link dev.bagel.autodiff.Cell}s it is only described: shapes are known, values
 * are not, and Java code that asks for one gets an error instead of a number that would be frozen
 * into the plan. That is why tracing does not run the model once: it would cost a pass for every
 * batch size, and an innocent {@code if (loss.item() > 1)} would be wrong in silence.
 *
 * <h2>Reading order</h2>
 *
 * <ol>
 *   <li>{@link dev.bagel.autodiff.scalar.Value}: the idea, for one number at a time;
 *   <li>{@link dev.bagel.autodiff.Op} and the tables {@link dev.bagel.autodiff.UnaryOp} and {@link
 *       dev.bagel.autodiff.BinaryOp}: a derivative stands beside its function;
 *   <li>{@link dev.bagel.autodiff.Linear}, {@link dev.bagel.autodiff.Convolution}, {@link
 *       dev.bagel.autodiff.MaxPool}: linear maps come in adjoint pairs;
 *   <li>{@link dev.bagel.autodiff.Var} and {@link dev.bagel.autodiff.Grad};
 *   <li>{@link dev.bagel.autodiff.Fn}: compositions, which need no derivative of their own;
 *   <li>{@link dev.bagel.autodiff.Plan}, then {@link dev.bagel.autodiff.Program} with {@code Node},
 *       {@code Step}, {@code Arena};
 *   <li>{@link dev.bagel.autodiff.Device}: where plans run;
 *   <li>{@link dev.bagel.autodiff.Compiled}: plans behind a function.
 * </ol>
 *
 * <h2>Why so, and not otherwise</h2>
 *
 * <ul>
 *   <li>An explicit tape (open, record, close, hand around) was rejected: references and creation
 *       time do the same in fewer lines.
 *   <li>An enumeration of operations with one large {@code switch} in the gradient was rejected: it
 *       puts a function and its derivative in different files.
 *   <li>Gradients written as loops over arrays were rejected: no second order, twice the code.
 *   <li>Only eager evaluation was rejected: an attack asks for the same pass ten thousand times,
 *       and allocating 30 MB in each costs more than the arithmetic of a small net.
 *   <li>Only traced evaluation was rejected: a debugger would show nothing.
 *   <li>An operation is prepared as a {@link dev.bagel.tensor.kernel.Kernel} bound to memory, by
 *       the same method for both ways of running; so they agree bit for bit.
 *   <li>A device for each tensor was rejected: single operations on a device spend their time on
 *       copies. A device is given a whole {@link dev.bagel.autodiff.Program}, which is what a plan
 *       knows and not what was written: equal things are one, chains are joined, memory is shared
 *       already, and the kernels of this machine can check each of its steps.
 * </ul>
 */
package dev.bagel.autodiff;
