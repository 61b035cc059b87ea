package dev.bagel.nn.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** In which order a file's input has the axes of an image. */
public enum Layout {
  /** [N, C, H, W], as in PyTorch and in this project. */
  CHANNELS_FIRST,
  /** [N, H, W, C], as in TensorFlow. */
  CHANNELS_LAST;

  private static final List<Long> CHANNELS_TO_FRONT = List.of(0L, 3L, 1L, 2L);

  /** An image has more rows and columns than this, and no more colours. */
  private static final int COLOURS = 4;

  /**
   * The layout of a graph's input: what the first operator that treats it as an image takes it for;
   * if there is none, channels are last where only the last axis can be one of colours.
   */
  static Layout of(Graph graph, Graph.Input input) {
    Set<String> images = new HashSet<>(Set.of(input.name()));
    for (Node n : graph.nodes()) {
      if (n.inputs().stream().anyMatch(images::contains)) {
        if (n.operator().equals("Transpose")) {
          boolean toFront = CHANNELS_TO_FRONT.equals(n.attributes().byName().get("perm"));
          return toFront ? CHANNELS_LAST : CHANNELS_FIRST;
        }
        if (takesChannelsFirst(n)) {
          return CHANNELS_FIRST;
        }
        if (keepsPlaces(n)) {
          images.addAll(n.outputs());
        }
      }
    }
    return endsWithColours(input.dims()) ? CHANNELS_LAST : CHANNELS_FIRST;
  }

  private static boolean takesChannelsFirst(Node n) {
    return Convolutions.OPERATORS.containsKey(n.operator())
        || Pooling.OPERATORS.containsKey(n.operator())
        || n.operator().equals("BatchNormalization")
        || n.operator().equals("InstanceNormalization");
  }

  private static boolean keepsPlaces(Node n) {
    return Arithmetic.OPERATORS.containsKey(n.operator())
        || Activations.OPERATORS.containsKey(n.operator())
        || n.operator().equals("Identity")
        || n.operator().equals("Pad");
  }

  private static boolean endsWithColours(long[] dims) {
    return dims != null
        && dims.length == 4
        && dims[1] > COLOURS
        && dims[2] > COLOURS
        && dims[3] >= 1
        && dims[3] <= COLOURS;
  }
}
