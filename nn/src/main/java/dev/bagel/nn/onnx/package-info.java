/**
 * ONNX files as models, and models as ONNX files.
 *
 * <h2>The idea</h2>
 *
 * A file holds a graph of operators and the tensors that they need. Reading it is writing the graph
 * down in variables, operator by operator; what comes of that is a graph like any other, with
 * gradients, bounds and plans, and nothing in it remembers the file. So {@link
 * dev.bagel.nn.onnx.Onnx#read} gives an ordinary {@link dev.bagel.nn.Model}, whose network is one
 * layer with the file's graph in it and whose parameters have the file's names.
 *
 * <pre>
 *   bytes ── GraphReader ──► Graph ── folded ──► Imported, a layer
 *                              │                    │ for every shape of the input, once
 *                              ▼                    ▼
 *                           Weights              Trace ──► Var ──► Plan, Grad, bounds
 *                           Entry                  │
 *                           Batching           Operators: one line and one function for each
 * </pre>
 *
 * <h2>Two kinds of values</h2>
 *
 * Exporters compute shapes in the graph: take the input's, slice it, concatenate, reshape to that.
 * All this is known when the shape of the input is, so it is done while the graph is traced, on
 * {@code Numbers}, in 64-bit integers, and leaves no step in a plan. Everything else is a variable.
 * An operator that only moves elements is written once, for variables; numbers are moved by moving
 * their places.
 *
 * <h2>Any number of inputs</h2>
 *
 * Many files are written for a batch of one, with a 1 in a reshape where the number of examples
 * should be. {@code Batching} traces a graph for two and for three examples, looking at shapes
 * only: the axis that follows is where the examples lie, and a length that does not follow was
 * meant for one. Operators that mix elements along that axis refuse. So either no example sees
 * another, or the examples go through the graph one by one, which is slower and as right.
 *
 * <h2>Files of strangers</h2>
 *
 * A file is read, or refused by one {@link dev.bagel.tensor.io.FormatException} that names the node
 * and the reason. The whole graph is traced dry before a model is given out: parameters and larger
 * constants have a shape and no elements then, so that a few bytes that ask for terabytes cost
 * nothing. Tensors are compared with the bytes that are there before memory is taken.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.nn.onnx.Onnx}, {@code Graph} and {@code Node}, {@code Value} and {@code
 * Numbers}, {@code Trace} and {@code Call}, {@code Arithmetic} as the first of the families of
 * operators, {@code Batching}, {@code Imported}; {@link dev.bagel.nn.onnx.export} for the other
 * direction.
 *
 * <h2>Why so, and not otherwise</h2>
 *
 * <ul>
 *   <li>Translating a file to the layers of {@link dev.bagel.nn.layer} was rejected: most files
 *       have something that is no layer, and then there would be two ways.
 *   <li>Shape inference of its own was rejected: it would say what every operator does a second
 *       time. Variables of which only the shape is known say it already.
 *   <li>A table of rules saying what each operator does to the batch axis was rejected: a hundred
 *       rules, and one that is wrong is silent. Two traces that are compared cannot miss an axis.
 *   <li>Running a batch always one by one was rejected: a plan of 128 copies of a network is no
 *       plan.
 *   <li>A switch over versions of the operators was rejected: where a version matters, it is said
 *       in the operator, and mostly the attributes or inputs that are there tell it.
 * </ul>
 */
package dev.bagel.nn.onnx;
