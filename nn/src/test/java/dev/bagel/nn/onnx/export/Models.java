package dev.bagel.nn.onnx.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Init;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.MeanPool2d;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Reshape;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Models to write and to read again: the zoo, and small ones with every way to write a layer. */
public final class Models {
  private static final Shape IMAGE = Shape.of(3, 9, 8);
  private static final Shape ROWS = Shape.of(4, 6);

  private Models() {}

  /** A model under a name. */
  public record Net(String name, Model model) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A net of the zoo, with statistics as after training and with preprocessing. */
  public static Net of(Zoo.Entry e) {
    List<Float> mean = e.example().dim(0) == 1 ? List.of(0.13f) : List.of(0.49f, 0.48f, 0.45f);
    List<Float> std = e.example().dim(0) == 1 ? List.of(0.31f) : List.of(0.25f, 0.24f, 0.26f);
    Model m = drawn(e.net(), e.example(), Rng.of(1).at(e.name()));
    return new Net(e.name(), m.with(new Preprocessing(mean, std)));
  }

  /** Whether a net has less than a million weights, so that a test of many is quick. */
  public static boolean isSmall(Zoo.Entry e) {
    return e.net().parameters().stream().mapToInt(p -> p.shape().size()).sum() < 1_000_000;
  }

  /** Files of other people, in the folder of test data. */
  public static List<String> files() {
    return List.of(
        "models/squeezenet_v1.0_imagenet.onnx",
        "models/resnet20_cifar10.onnx",
        "models/fast_adversarial_fgsm.onnx",
        "models/convex_adversarial_mnist.onnx",
        "vnncomp/cifar10_resnet/resnet_2b.onnx",
        "vnncomp/marabou/cifar10_small.onnx",
        "vnncomp/verivital/Convnet_avgpool.onnx",
        "vnncomp/mnistfc/mnist-net_256x2.onnx",
        "vnncomp/eran/mnist_relu_9_200.onnx",
        "vnncomp/acasxu/ACASXU_run2a_1_1_batch_2000.onnx");
  }

  /** A file of the folder that {@code bagel.data} names; the test is skipped if it is not there. */
  public static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  /** A model whose running statistics are not those of a fresh one. */
  public static Model drawn(Layer net, Shape example, Rng rng) {
    Model fresh = Model.init(net, example, rng);
    Map<String, Tensor> numbers = new LinkedHashMap<>(fresh.params().all());
    numbers.replaceAll(
        (name, t) -> {
          Shape s = t.shape();
          boolean bias = name.endsWith("bias") || name.endsWith("running_mean");
          return name.endsWith("running_var")
              ? Tensor.uniform(s, 0.8f, 1.2f, rng.at(name).at(1))
              : bias ? Tensor.gaussian(s, rng.at(name).at(1)).mul(0.1f) : t;
        });
    return fresh.with(fresh.params().with(numbers));
  }

  /** A layer of somebody's own. */
  private record Own(List<Parameter> parameters, Formula formula) implements Layer.Custom {
    interface Formula {
      Var of(Pass pass, Var x);
    }

    @Override
    public Var apply(Pass pass, Var x) {
      return formula.of(pass, x);
    }
  }

  private static Parameter weight(String name, int... dims) {
    return Parameter.weight(name, Shape.of(dims), Init.truncatedNormal(0.5f));
  }

  private static Net net(String name, Shape example, Layer layer) {
    return new Net(name, drawn(layer, example, Rng.of(3).at(name)));
  }

  private static Net own(String name, Shape example, UnaryOperator<Var> f) {
    return own(name, example, List.of(), (pass, x) -> f.apply(x));
  }

  private static Net own(String name, Shape example, List<Parameter> p, Own.Formula f) {
    return net(name, example, new Own(p, f));
  }

  /** Small nets. */
  public static List<Net> small() {
    List<Net> all = new ArrayList<>();
    layers(all);
    images(all);
    rows(all);
    inputs(all);
    return all;
  }

  private static void layers(List<Net> all) {
    for (Activation a : Activation.values()) {
      all.add(net(a.name(), ROWS, Layer.sequential(Layer.flatten(), Layer.dense(24, 5), a)));
    }
    all.add(
        net(
            "layers",
            IMAGE,
            Layer.sequential(
                Layer.conv(3, 4, 3, 2, 1),
                Layer.batchNorm(4),
                new ConvTranspose2d(4, 2, 3, 2, 1, 1),
                new BatchNorm2d(2, 1e-3f, 0.1f),
                Layer.relu(),
                new MaxPool2d(3, 2, 1, true),
                new MeanPool2d(2, 1, 1, false, true),
                new Reshape(List.of(2, 42)),
                new LayerNorm(42, 1e-5f))));
    all.add(
        net(
            "global mean",
            IMAGE,
            Layer.sequential(Layer.conv(3, 4, 3), new GlobalMeanPool(), Layer.dense(4, 3))));
    for (boolean ceil : new boolean[] {false, true}) {
      for (boolean count : new boolean[] {false, true}) {
        for (int[] w : new int[][] {{3, 2, 1}, {2, 2, 0}, {4, 3, 2}, {5, 4, 2}}) {
          all.add(
              net(
                  "mean pool %s ceil=%s count=%s".formatted(Arrays.toString(w), ceil, count),
                  IMAGE,
                  new MeanPool2d(w[0], w[1], w[2], ceil, count)));
          all.add(
              net(
                  "max pool %s ceil=%s %s".formatted(Arrays.toString(w), ceil, count),
                  count ? IMAGE : Shape.of(2, 11, 7),
                  new MaxPool2d(w[0], w[1], w[2], ceil)));
        }
      }
    }
  }

  private static void images(List<Net> all) {
    List<Parameter> filters = List.of(weight("w", 6, 1, 2, 3), weight("b", 6));
    ConvOptions grouped = new ConvOptions(2, 1, 1, 0, 2, 1, 2, 1, 3);
    all.add(
        own(
            "grouped, dilated, padded on one side",
            IMAGE,
            filters,
            (p, x) -> p.param("b").reshape(1, 6, 1, 1).add(x.conv(p.param("w"), grouped))));
    all.add(
        own(
            "transposed in groups",
            IMAGE,
            List.of(weight("w", 3, 2, 3, 2)),
            (p, x) ->
                x.convTranspose(p.param("w"), new ConvOptions(3, 2, 1, 0, 0, 1, 1, 2, 3), 2, 1)));
    all.add(
        own(
            "a result that two read",
            IMAGE,
            List.of(weight("w", 3, 3, 1, 1), weight("b", 3, 1, 1)),
            (p, x) -> {
              Var c = x.conv(p.param("w"), ConvOptions.of(1, 0));
              return c.add(p.param("b")).mul(c);
            }));
    for (Fn.Resize how : Fn.Resize.values()) {
      all.add(own("resize " + how, IMAGE, x -> Fn.resize(x, 5, 11, how)));
    }
    all.add(
        own(
            "grid sample",
            IMAGE,
            x -> {
              Var grid = x.slice(1, 0, 2).permute(0, 2, 3, 1).mul(1.3f);
              return Fn.gridSample(x, grid, Fn.Outside.ZEROS, true);
            }));
    all.add(
        own(
            "flip, crop and stretch",
            IMAGE,
            x -> {
              int[] from = {0, 2, 7, 0};
              int[] step = {1, -1, -2, 3};
              Shape to = Shape.of(x.shape().dim(0), 3, 4, 3);
              Var part = x.slice(from, step, to);
              Shape whole = Shape.of(x.shape().dim(0), 4, 10, 8);
              return part.place(new int[] {0, 3, 1, 7}, new int[] {1, -1, 2, -3}, whole);
            }));
    all.add(own("pad", IMAGE, x -> x.pad(new int[] {0, 0, 1, 2}, new int[] {0, 1, 3, 0})));
    all.add(
        own(
            "windows of the whole plane",
            IMAGE,
            x ->
                x.maxPool(Window.of(x.shape(), 9, 8, 1, 1, new int[4], false, false))
                    .add(x.maxAxes(2, 3))));
    all.add(
        own("largest of rows", IMAGE, x -> x.maxAxes(1, 3).add(x.meanAxes(1)).sub(x.sumAxes(-1))));
  }

  private static void rows(List<Net> all) {
    all.add(own("attention", ROWS, attentionNumbers(), Models::attention));
    all.add(
        own(
            "a token for every input",
            ROWS,
            List.of(weight("token", 1, 1, 6)),
            (p, x) -> {
              int n = x.shape().dim(0);
              return Var.concat(1, p.param("token").broadcastTo(Shape.of(n, 1, 6)), x);
            }));
    all.add(
        own(
            "constants for every input",
            ROWS,
            x -> {
              Var zeros = Var.constant(Tensor.full(x.shape(), 2));
              return Var.concat(2, zeros, x.mul(zeros));
            }));
    all.add(
        own("look up", ROWS, x -> x.gather(Var.constant(Tensor.of(Shape.of(1, 4), 5, 0, 3, 3)))));
    all.add(
        own(
            "look up, some outside",
            ROWS,
            x -> x.gather(Var.constant(Tensor.of(Shape.of(1, 4), 5, -1, 6, 3)))));
    all.add(
        own(
            "look up what each names",
            ROWS,
            x -> x.gather(x.slice(1, 1, 2).reshape(x.shape().dim(0), 6).mul(5).floor())));
    all.add(own("one hot", ROWS, x -> x.mul(3).floor().oneHot(3)));
    all.add(own("softmax", ROWS, x -> Fn.softmax(x).add(x.logSoftmax())));
    all.add(own("log sum exp", ROWS, Var::logSumExp));
    all.add(own("clamp", ROWS, x -> x.clamp(-0.5f, 0.25f).add(x.max(0.1f)).sub(x.min(0.2f))));
    Map<String, BinaryOperator<Var>> binary = new LinkedHashMap<>();
    binary.put("where at least", (x, y) -> x.atLeast(y).where(x, y.mul(3)));
    binary.put("where positive", (x, y) -> x.sub(y).step().where(x, 7));
    binary.put("where not zero", (x, y) -> x.sub(y).relu().where(y, x));
    binary.put("masks", (x, y) -> x.atLeast(y).mul(x.step()));
    binary.forEach(
        (name, f) -> all.add(own(name, ROWS, x -> f.apply(x, x.slice(2, 2, 3).mul(0.5f)))));
    all.add(own("powers", ROWS, x -> x.abs().add(0.1f).pow(1.7f).add(x.square())));
    all.add(
        own(
            "reshapes",
            ROWS,
            x ->
                x.reshape(x.shape().dim(0), 24)
                    .reshape(x.shape().dim(0) * 3, 8)
                    .relu()
                    .reshape(x.shape().dim(0), 2, 2, 6)));
    all.add(
        own(
            "from the end",
            ROWS,
            x -> x.permute(2, 0, 1).slice(1, 0, x.shape().dim(0)).permute(1, 0, 2)));
    all.add(
        own(
            "products",
            ROWS,
            x ->
                x.matmul(x, false, true)
                    .add(x.matmul(Var.constant(Tensor.full(Shape.of(4, 6), 0.5f)), false, true))));
    all.add(own("products, transposed", ROWS, x -> x.matmul(x, true, false)));
  }

  private static void inputs(List<Net> all) {
    all.add(own("the input itself", Shape.of(5), x -> x));
    all.add(own("the input, looked at", Shape.of(5), Var::detach));
    all.add(own("a number", Shape.of(2, 3), x -> x.flatten().sumAxes(1)));
    all.add(own("one axis", Shape.of(2, 3), Var::sumEach));
    Model one =
        drawn(Layer.sequential(Layer.flatten(), Layer.dense(12, 3)), Shape.of(3, 2, 2), Rng.of(8));
    all.add(
        new Net(
            "preprocessing",
            one.with(new Preprocessing(List.of(1f, 2f, 3f), List.of(4f, 5f, 6f)))));
  }

  private static List<Parameter> attentionNumbers() {
    return List.of(
        weight("query", 6, 6),
        weight("key", 6, 6),
        weight("value", 6, 6),
        weight("out.weight", 6, 6),
        weight("out.bias", 6),
        weight("norm.weight", 6),
        weight("norm.bias", 6));
  }

  /** Two heads: Vaswani et al. 2017, Eq. (1), after a layer normalisation. */
  private static Var attention(Pass p, Var x) {
    Var y = Fn.layerNorm(x, p.param("norm.weight"), p.param("norm.bias"), 1e-5f);
    Var q = heads(y.matmul(p.param("query"), false, true));
    Var k = heads(y.matmul(p.param("key"), false, true));
    Var v = heads(y.matmul(p.param("value"), false, true));
    Var weights = Fn.softmax(q.matmul(k, false, true).mul(1 / (float) Math.sqrt(3)));
    Var mixed = weights.matmul(v).permute(0, 2, 1, 3).reshape(x.shape());
    return x.add(mixed.matmul(p.param("out.weight"), false, true).add(p.param("out.bias")));
  }

  private static Var heads(Var x) { // [N, T, 6] → [N, 2, T, 3]
    return x.reshape(x.shape().dim(0), 4, 2, 3).permute(0, 2, 1, 3);
  }
}
