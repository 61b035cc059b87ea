package dev.bagel.nn.zoo;

import static dev.bagel.nn.layer.Layer.batchNorm;
import static dev.bagel.nn.layer.Layer.conv;
import static dev.bagel.nn.layer.Layer.dense;
import static dev.bagel.nn.layer.Layer.flatten;
import static dev.bagel.nn.layer.Layer.maxPool;
import static dev.bagel.nn.layer.Layer.relu;
import static dev.bagel.nn.layer.Layer.sequential;

import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Init;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.nn.layer.Subsample;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Architectures that have a name and a source. Counts are of weights, without buffers. */
public final class Zoo {
  private static final Shape GREY_28 = Shape.of(1, 28, 28);
  private static final Shape COLOUR_32 = Shape.of(3, 32, 32);

  private Zoo() {}

  /**
   * A network with a name.
   *
   * @param name what the command line calls it
   * @param example the shape of the inputs that it was made for, without the batch axis
   * @param what where it comes from, in a line
   */
  public record Entry(String name, Layer net, Shape example, String what) {}

  /** Every network of the zoo, in the sizes of its source. */
  public static List<Entry> all() {
    return List.of(
        new Entry(
            "mlp", sequential(flatten(), mlp(784, 256, 256, 10)), GREY_28, "784-256-256-10, relu"),
        new Entry("tutorial-cnn", tutorialCnn(), GREY_28, "a tutorial's net for Fashion-MNIST"),
        new Entry(
            "smooth-cnn", smoothCnn(Activation.SOFTPLUS_10), GREY_28, "a small net without kinks"),
        new Entry("madry-mnist", madryMnist(), GREY_28, "Madry et al. 2018, MNIST challenge"),
        new Entry("fast-fgsm", fastFgsm(), GREY_28, "Wong et al. 2020, Fast is better than free"),
        new Entry("resnet20", resnet20(), COLOUR_32, "He et al. 2016, CIFAR, shortcuts A"),
        new Entry("resnet18", resnet18(), COLOUR_32, "He et al. 2016, with a stem for CIFAR"),
        new Entry(
            "wide-resnet-28-10",
            wideResnet(28, 10, 0.3f),
            COLOUR_32,
            "Zagoruyko and Komodakis 2016, dropout 0.3"));
  }

  /** The network of this name, if there is one. */
  public static Optional<Entry> named(String name) {
    return all().stream().filter(e -> e.name().equals(name)).findFirst();
  }

  /**
   * Fully connected layers with relu between: [N, widths[0]] → [N, widths[last]].
   *
   * <p>Rumelhart, Hinton and Williams 1986; relu as in Glorot et al. 2011. Σ (inᵢ + 1) · outᵢ
   * parameters.
   */
  public static Layer mlp(int... widths) {
    if (widths.length < 2) {
      throw new IllegalArgumentException(
          widths.length + " widths: at least those of the input and the output");
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 1; i < widths.length; i++) {
      if (i > 1) {
        layers.add(relu());
      }
      layers.add(dense(widths[i - 1], widths[i]));
    }
    return new Sequential(layers);
  }

  /**
   * The Fashion-MNIST net of the tutorial that this project began with: [N, 1, 28, 28] → [N, 10];
   * 84,552 parameters. The dense layer of 256 has no activation, as in the original.
   *
   * <p>TensorFlow's padding "same" gives ⌈n / stride⌉ rows and adds max(0, (⌈n / stride⌉ − 1) ·
   * stride + 3 − n) of them, the odd one at the bottom and at the right:
   *
   * <pre>
   *   conv 32, 3×3, stride 2   28 → 14   one row: 0 above, 1 below
   *   pool 2                   14 → 7
   *   conv 62, 3×3, stride 2    7 → 4    two rows: 1 above, 1 below
   *   pool 2                    4 → 2    so 62 · 2 · 2 = 248 features
   * </pre>
   */
  public static Layer tutorialCnn() {
    return sequential(
        conv(1, 32, 3, 2, 0).pads(0, 0, 1, 1),
        relu(),
        maxPool(2),
        conv(32, 62, 3, 2, 1),
        relu(),
        maxPool(2),
        flatten(),
        dense(248, 256),
        dense(256, 10));
  }

  /**
   * A small net for MNIST, made for gradients of gradients: with a smooth activation its only kinks
   * are where the pools change their mind. [N, 1, 28, 28] → [N, 10]; 93,322 parameters:
   * convolutions 32, 64, 64 of 3×3 without padding, pools of 2×2 after the first two, dense 64 and
   * 10; with relu it is the first convolutional net of TensorFlow's tutorials.
   */
  public static Layer smoothCnn(Activation a) {
    return sequential(
        conv(1, 32, 3),
        a,
        maxPool(2),
        conv(32, 64, 3),
        a,
        maxPool(2),
        conv(64, 64, 3),
        a,
        flatten(),
        dense(576, 64),
        a,
        dense(64, 10));
  }

  /**
   * The net of the MNIST challenge: Madry et al. 2018, "Towards deep learning models resistant to
   * adversarial attacks"; MadryLab/mnist_challenge, {@code model.py}. [N, 1, 28, 28] → [N, 10];
   * 3,274,634 parameters. Its source draws weights as {@link #madryInit} does.
   */
  public static Layer madryMnist() {
    return sequential(
        conv(1, 32, 5, 1, 2),
        relu(),
        maxPool(2),
        conv(32, 64, 5, 1, 2),
        relu(),
        maxPool(2),
        flatten(),
        dense(3136, 1024),
        relu(),
        dense(1024, 10));
  }

  /**
   * The same names with numbers as in MadryLab/mnist_challenge: matrices and filters from a
   * truncated normal with deviation 0.1, and 0.1 for every bias.
   */
  public static Params madryInit(Params params, Rng rng) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    params
        .weights()
        .forEach(
            (name, t) ->
                weights.put(
                    name,
                    t.shape().rank() == 1
                        ? Tensor.full(t.shape(), 0.1f)
                        : Init.truncatedNormal(0.1f).draw(t.shape(), rng.at(name))));
    return new Params(weights, params.buffers());
  }

  /**
   * The MNIST net of Wong, Rice and Kolter 2020, "Fast is better than free"; locuslab/
   * fast_adversarial, {@code mnist_net.py}; also that of Wong and Kolter 2018. [N, 1, 28, 28] → [N,
   * 10]; 166,406 parameters.
   */
  public static Layer fastFgsm() {
    return sequential(
        conv(1, 16, 4, 2, 1),
        relu(),
        conv(16, 32, 4, 2, 1),
        relu(),
        flatten(),
        dense(1568, 100),
        relu(),
        dense(100, 10));
  }

  /**
   * ResNet-20 for CIFAR-10: He et al. 2016, §4.2, with the parameter-free shortcuts A. [N, 3, 32,
   * 32] → [N, 10]; 269,722 parameters, 1,376 of them scales and shifts of batch normalisation, and
   * 1,376 buffers.
   */
  public static Layer resnet20() {
    List<Layer> layers = new ArrayList<>(stem(16));
    int in = 16;
    for (int channels : new int[] {16, 32, 64}) {
      for (int block = 0; block < 3; block++) {
        int stride = channels == in ? 1 : 2;
        Layer shortcut = stride == 1 ? sequential() : new Subsample(stride, channels);
        layers.add(new Residual(basicBody(in, channels, stride), shortcut));
        layers.add(relu());
        in = channels;
      }
    }
    layers.add(new GlobalMeanPool());
    layers.add(dense(64, 10));
    return new Sequential(layers);
  }

  /**
   * ResNet-18 for CIFAR-10: He et al. 2016, Table 1, with a 3×3 stem of stride 1 and no pool, and
   * shortcuts B, 1×1 convolutions where the shape changes; as in kuangliu/pytorch-cifar. [N, 3, 32,
   * 32] → [N, 10]; 11,173,962 parameters, 9,600 of them of batch normalisation.
   */
  public static Layer resnet18() {
    List<Layer> layers = new ArrayList<>(stem(64));
    int in = 64;
    for (int channels : new int[] {64, 128, 256, 512}) {
      for (int block = 0; block < 2; block++) {
        int stride = channels == in ? 1 : 2;
        Layer shortcut =
            stride == 1
                ? sequential()
                : sequential(conv(in, channels, 1, stride, 0).withoutBias(), batchNorm(channels));
        layers.add(new Residual(basicBody(in, channels, stride), shortcut));
        layers.add(relu());
        in = channels;
      }
    }
    layers.add(new GlobalMeanPool());
    layers.add(dense(512, 10));
    return new Sequential(layers);
  }

  private static List<Layer> stem(int channels) {
    return List.of(conv3(3, channels, 1), batchNorm(channels), relu());
  }

  /** He et al. 2016, Fig. 2 and §3.4: batch normalisation after each convolution. */
  private static Layer basicBody(int in, int out, int stride) {
    return sequential(
        conv3(in, out, stride), batchNorm(out), relu(), conv3(out, out, 1), batchNorm(out));
  }

  private static Layer conv3(int in, int out, int stride) {
    return conv(in, out, 3, stride, 1).withoutBias();
  }

  /**
   * WRN-depth-widen for CIFAR-10: Zagoruyko and Komodakis 2016, Table 1, with blocks "B(3, 3)" that
   * normalise first (Fig. 1c, with dropout 1d). [N, 3, 32, 32] → [N, 10]; 36,479,194 parameters for
   * depth 28 and widen 10.
   *
   * @param depth 6n + 4: three groups of n blocks
   * @param widen how many times wider than the groups' 16, 32 and 64 channels
   * @param dropout between the convolutions of a block; 0 for none
   */
  public static Layer wideResnet(int depth, int widen, float dropout) {
    if (depth < 10 || (depth - 4) % 6 != 0 || widen < 1) {
      throw new IllegalArgumentException(
          "wide ResNet of depth " + depth + " and width " + widen + ": depth 10, 16, 22, 28, …");
    }
    List<Layer> layers = new ArrayList<>(List.of(conv3(3, 16, 1)));
    int in = 16;
    for (int group = 0; group < 3; group++) {
      int channels = (16 * widen) << group;
      for (int block = 0; block < (depth - 4) / 6; block++) {
        int stride = block == 0 && group > 0 ? 2 : 1;
        layers.addAll(wideBlock(in, channels, stride, dropout));
        in = channels;
      }
    }
    layers.addAll(List.of(batchNorm(in), relu(), new GlobalMeanPool(), dense(in, 10)));
    return new Sequential(layers);
  }

  private static List<Layer> wideBlock(int in, int out, int stride, float dropout) {
    List<Layer> end = new ArrayList<>(List.of(conv3(in, out, stride), batchNorm(out), relu()));
    if (dropout > 0) {
      end.add(new Dropout(dropout));
    }
    end.add(conv3(out, out, 1));
    List<Layer> begin = List.of(batchNorm(in), relu());
    if (in == out && stride == 1) {
      List<Layer> body = new ArrayList<>(begin);
      body.addAll(end);
      return List.of(Residual.around(new Sequential(body)));
    }
    // where the shape changes, the shortcut too begins after the first relu
    List<Layer> block = new ArrayList<>(begin);
    block.add(new Residual(new Sequential(end), conv(in, out, 1, stride, 0).withoutBias()));
    return block;
  }
}
