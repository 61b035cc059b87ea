/**
 * Writing ONNX: a model is run with variables, and the graph that they leave behind is written
 * down.
 *
 * <h2>The idea</h2>
 *
 * A layer has no ONNX of its own. What has one is an operation, and there are few of them: {@code
 * Operators} is a table with a line for every member of {@link dev.bagel.autodiff.Op}'s closed
 * family, how it is written or why it is not. So nets of the zoo, layers of somebody's own and
 * graphs that were read from a file are all written by the same lines.
 *
 * <pre>
 *   Model ── run for 2 inputs ──► Trace ─┐              ┌─► GraphDraft ─┐
 *         ── run for 3 inputs ──► Trace ─┴─► Alignment ─┴─► GraphDraft ─┴─► equal? a file
 * </pre>
 *
 * <p>Parameters are leaves with a name, inputs are cells without a value: nothing is computed but
 * what depends on parameters alone, and that is written as a constant.
 *
 * <p>A file is for any number of inputs N. {@code Alignment} compares two runs, axis by axis: what
 * does not change is a length, what grows with N is a multiple of it. Then both runs are written,
 * by rules that see these lengths, and the two files must be the same to the last bit. Whatever
 * depends on N in another way (a mean over the batch, a constant of N rows that differ) is found so
 * without a rule of its own, and refused.
 *
 * <p>{@code Tile} covers the graph from its output back with the largest pieces that ONNX has an
 * operator for ({@code Fusions}: a convolution with its bias, batch normalisation with its five
 * tensors), so that a file reads like those of other programs, runs as fast, and keeps the names of
 * the parameters.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.nn.onnx.export.OnnxWriter}, {@code Trace}, {@code Lengths}, {@code Alignment},
 * {@code Rule}, {@code Operators}, {@code Tile}, {@code Fusions}, {@code GraphDraft}.
 *
 * <h2>Why so, and not otherwise</h2>
 *
 * <ul>
 *   <li>A rule for each layer was rejected: a layer of one's own could not be written, and each
 *       rule would say again what the layer computes.
 *   <li>A fixed number of inputs was rejected: whoever loads the file has another one.
 *   <li>Lengths that are formulas were rejected: two runs say the same with less, and prove it.
 *   <li>{@code ceil_mode} is never written: runtimes disagree about windows in the padding. Pads
 *       are chosen so that rounding down gives the same.
 * </ul>
 */
package dev.bagel.nn.onnx.export;
