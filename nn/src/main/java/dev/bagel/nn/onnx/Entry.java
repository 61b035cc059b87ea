package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.io.FormatException;
import java.util.Arrays;

/**
 * How examples enter a graph.
 *
 * @param input of the graph
 * @param shape of one example as the file has it, without the axis of the batch if there is one
 * @param example its shape as the model has it
 * @param layout of {@code shape}
 * @param isBatched whether the graph's input has an axis in front along which examples lie
 * @param written for how many examples the file was written
 */
record Entry(
    Graph.Input input, Shape shape, Shape example, Layout layout, boolean isBatched, int written) {
  /** The entry of a graph, as the file and the reader say. */
  static Entry of(Graph graph, Reading how, String source) throws FormatException {
    if (graph.inputs().size() != 1) {
      throw FormatException.of(
          source,
          "the inputs",
          "a model has one, and needed are " + graph.inputs(),
          "write the model with the others as constants");
    }
    Graph.Input in = graph.inputs().get(0);
    try {
      Layout layout = how.layout().orElseGet(() -> Layout.of(graph, in));
      Entry entry =
          how.example().isPresent() ? given(in, how.example().get(), layout) : declared(in, layout);
      entry.ofFile(entry.written); // throws if no array holds so many
      return entry;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw FormatException.of(
              source,
              "input " + in,
              e.getMessage(),
              "give the shape of one input, such as 3,224,224, that fits the file")
          .because(e);
    }
  }

  /** A file that says all; a list in disguise, such as [784, 1], is taken for the list. */
  private static Entry declared(Graph.Input in, Layout layout) {
    long[] d = in.dims() == null ? new long[0] : in.dims();
    boolean batched = d.length > 1;
    if (d.length == 0 || Arrays.stream(d, batched ? 1 : 0, d.length).anyMatch(n -> n < 0)) {
      throw new ShapeException("lengths are left open");
    }
    Shape shape = shape(d, batched ? 1 : 0);
    boolean list = Arrays.stream(shape.toArray()).filter(n -> n != 1).count() <= 1;
    Shape example = list ? Shape.of(shape.size()) : asModel(shape, layout);
    return new Entry(in, shape, example, layout, batched, batched ? written(d) : 1);
  }

  /** A file whose open lengths are those of an example, or that has as many elements. */
  private static Entry given(Graph.Input in, Shape example, Layout layout) {
    Shape asFile = asFile(example, layout);
    if (in.dims() == null) {
      return new Entry(in, asFile, example, layout, true, 1);
    }
    long[] d = in.dims().clone();
    for (int i = 1; i < d.length && d.length == asFile.rank() + 1; i++) {
      d[i] = d[i] < 0 ? asFile.dim(i - 1) : d[i];
    }
    boolean open = Arrays.stream(d).skip(1).anyMatch(n -> n < 0);
    if (!open && d.length > 0 && shape(d, 1).size() == example.size()) {
      return new Entry(in, shape(d, 1), example, layout, true, written(d));
    }
    if (!open && (d.length == 0 || d[0] >= 0) && shape(d, 0).size() == example.size()) {
      return new Entry(in, shape(d, 0), example, layout, false, 1);
    }
    throw new ShapeException("an example %s does not fit", example);
  }

  private static int written(long[] dims) {
    return dims[0] < 0 ? 1 : Math.toIntExact(Math.max(1, dims[0]));
  }

  private static Shape shape(long[] dims, int from) {
    return Shape.of(Arrays.stream(dims, from, dims.length).mapToInt(Math::toIntExact).toArray());
  }

  private static Shape asModel(Shape file, Layout layout) {
    return layout == Layout.CHANNELS_LAST && file.rank() == 3
        ? Shape.of(file.dim(2), file.dim(0), file.dim(1))
        : file;
  }

  private static Shape asFile(Shape model, Layout layout) {
    return layout == Layout.CHANNELS_LAST && model.rank() == 3
        ? Shape.of(model.dim(1), model.dim(2), model.dim(0))
        : model;
  }

  private Shape ofFile(int examples) {
    return isBatched ? Shape.of(examples).concat(shape) : shape;
  }

  /** So many examples of which only the shape is known. */
  Value unknown(int examples) {
    return new Value.Traced(input.element(), Var.unknown(ofFile(examples)));
  }

  /** Examples as the model has them, [N, …], as the file wants them. */
  Value enter(Trace trace, Var x) {
    int n = x.shape().dim(0);
    Var y = x;
    if (layout == Layout.CHANNELS_LAST && shape.rank() == 3) {
      y = trace.permute(x.reshape(Shape.of(n).concat(asModel(shape, layout))), 0, 2, 3, 1);
    }
    return new Value.Traced(input.element(), y.reshape(ofFile(n)));
  }
}
