package dev.bagel.nn.layer;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A description of a differentiable function with parameters. Layers hold no numbers: {@link
 * Params} do. A layer is a record, so it compares, prints and can be written to a file.
 */
public sealed interface Layer
    permits Dense,
        Conv2d,
        ConvTranspose2d,
        BatchNorm2d,
        LayerNorm,
        Dropout,
        Activation,
        MaxPool2d,
        MeanPool2d,
        GlobalMeanPool,
        Flatten,
        Reshape,
        Sequential,
        Residual,
        Subsample,
        Layer.Custom {
  /** The numbers that this layer needs, named relative to it; none by default. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /** Fresh numbers. What is drawn for one depends on its name and shape, and on no other. */
  default Params init(Rng rng) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    for (Parameter p : parameters()) {
      (p.learned() ? weights : buffers).put(p.name(), p.init().draw(p.shape(), rng.at(p.name())));
    }
    return new Params(weights, buffers);
  }

  /** The function: x is a batch, [N, …]. */
  Var apply(Pass pass, Var x);

  /** The door for layers of other people; they cannot be written to a file. */
  non-sealed interface Custom extends Layer {}

  // ---- words to write networks with
  // ---------------------------------------------------------------

  static Layer sequential(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  static Layer dense(int in, int out) {
    return new Dense(in, out);
  }

  /** A convolution with square filters, stride 1 and no padding. */
  static Conv2d conv(int in, int out, int kernel) {
    return conv(in, out, kernel, 1, 0);
  }

  static Conv2d conv(int in, int out, int kernel, int stride, int padding) {
    return new Conv2d(
        in, out, kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1, 1, true);
  }

  static Layer batchNorm(int channels) {
    return new BatchNorm2d(channels, 1e-5f, 0.1f);
  }

  static Layer relu() {
    return Activation.RELU;
  }

  /** Windows of {@code size}², as far apart as they are wide. */
  static Layer maxPool(int size) {
    return new MaxPool2d(size, size, 0, false);
  }

  static Layer flatten() {
    return new Flatten();
  }
}
