package dev.bagel.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Npy;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Seeded.class)
class StateDictTest {
  private static final Shape COLOUR = Shape.of(3, 32, 32);

  private static StateDict dict(Map<String, Tensor> tensors) {
    return new StateDict("weights.npz", tensors);
  }

  /** The numbers of a model, under other names. */
  private static StateDict named(Model model, UnaryOperator<String> name) {
    return dict(model.params().all()).renamed(name);
  }

  private static void same(Model expected, Fit fit) throws FormatException {
    assertTrue(fit.isComplete(), fit.toString());
    assertEquals(expected.params(), fit.model().params());
  }

  // ---- PyTorch's names
  // ----------------------------------------------------------------------------

  @Test
  void wrappersBeforeEveryNameAreTakenOff(Rng rng) throws FormatException {
    Model net = Model.init(Zoo.fastFgsm(), Shape.of(1, 28, 28), rng);
    for (String wrapper : List.of("", "module.", "state_dict.module.", "0.")) {
      StateDict file = named(net, name -> wrapper + name);
      same(net, file.fit(net.net(), net.example()));
    }
  }

  /** torchvision's and kuangliu's names, in the order of evaluation; a line for every layer. */
  private static List<String> resnetModules(int[] blocks, String shortcut, boolean projected) {
    List<String> names = new ArrayList<>(List.of("conv1", "bn1"));
    for (int stage = 1; stage <= blocks.length; stage++) {
      for (int block = 0; block < blocks[stage - 1]; block++) {
        String at = "layer" + stage + "." + block + ".";
        for (String module : List.of("conv1", "bn1", "conv2", "bn2")) {
          names.add(at + module);
        }
        if (projected && stage > 1 && block == 0) {
          names.add(at + shortcut + ".0");
          names.add(at + shortcut + ".1");
        }
      }
    }
    return names;
  }

  /** Names for the layers of a net with parameters, in their order. */
  private static UnaryOperator<String> modules(Model net, List<String> modules) {
    Map<String, String> all = new LinkedHashMap<>();
    List<Place> places = Place.all(net.net(), net.example());
    assertEquals(places.size(), modules.size());
    for (int i = 0; i < modules.size(); i++) {
      for (var p : places.get(i).layer().parameters()) {
        all.put(places.get(i).name(p.name()), modules.get(i) + "." + p.name());
      }
    }
    return all::get;
  }

  @Test
  void residualNetsMayBeNamedByStageAndBlock(Rng rng) throws FormatException {
    for (String shortcut : List.of("shortcut", "downsample")) {
      Model net = Model.init(Zoo.resnet18(), COLOUR, rng);
      List<String> names = resnetModules(new int[] {2, 2, 2, 2}, shortcut, true);
      names.add(shortcut.equals("shortcut") ? "linear" : "fc");
      same(net, named(net, modules(net, names)).fit(net.net(), COLOUR));
    }
    Model small = Model.init(Zoo.resnet20(), COLOUR, rng);
    List<String> names = resnetModules(new int[] {3, 3, 3}, "", false);
    names.add("linear");
    UnaryOperator<String> wrapped = modules(small, names);
    same(small, named(small, n -> "module." + wrapped.apply(n)).fit(small.net(), COLOUR));
  }

  @Test
  void wideNetsNameTheNormalisationBeforeABlockAsItsOwn(Rng rng) throws FormatException {
    Model net = Model.init(Zoo.wideResnet(16, 2, 0.1f), COLOUR, rng);
    List<String> names = new ArrayList<>(List.of("conv1"));
    for (int group = 1; group <= 3; group++) {
      for (int block = 0; block < 2; block++) {
        String at = "block" + group + ".layer." + block + ".";
        for (String module : List.of("bn1", "conv1", "bn2", "conv2")) {
          names.add(at + module);
        }
        if (block == 0) {
          names.add(at + "convShortcut");
        }
      }
    }
    names.addAll(List.of("bn1", "fc"));
    same(net, named(net, modules(net, names)).fit(net.net(), COLOUR));
  }

  @Test
  void plainNetsMayBeNamedByAttribute(Rng rng) throws FormatException {
    Model net = Model.init(Zoo.madryMnist(), Shape.of(1, 28, 28), rng);
    List<String> names = List.of("conv1", "conv2", "fc1", "fc2");
    same(net, named(net, modules(net, names)).fit(net.net(), net.example()));
  }

  @Test
  void countersOfBatchesAreIgnored(Rng rng) throws FormatException {
    Model net = Model.init(Layer.sequential(Layer.batchNorm(3)), Shape.of(3, 2, 2), rng);
    Map<String, Tensor> all = new LinkedHashMap<>(net.params().all());
    all.put("0.num_batches_tracked", Tensor.scalar(7));
    Fit fit = dict(all).fit(net.net(), net.example());
    same(net, fit);
    assertEquals(List.of("0.num_batches_tracked"), fit.ignored());
  }

  // ---- Keras's layout
  // -----------------------------------------------------------------------------

  private static final Layer NET =
      Layer.sequential(
          Layer.conv(2, 3, 2),
          Layer.relu(),
          Layer.batchNorm(3),
          new Conv2d(3, 6, 2, 1, 1, 1, 0, 0, 0, 0, 1, 1, 3, false),
          Layer.flatten(),
          Layer.dense(6 * 3 * 4, 5),
          Layer.relu(),
          Layer.dense(5, 4));

  private static final Shape EXAMPLE = Shape.of(2, 5, 5);

  /** The same function as Keras keeps it, written here as loops over its own layout. */
  private static Map<String, Tensor> keras(Rng rng) {
    Map<String, Tensor> w = new LinkedHashMap<>();
    w.put("net/conv2d/kernel:0", Tensor.gaussian(Shape.of(2, 2, 2, 3), rng.at(0)));
    w.put("net/conv2d/bias:0", Tensor.gaussian(Shape.of(3), rng.at(1)));
    w.put("net/batch_normalization/gamma:0", Tensor.gaussian(Shape.of(3), rng.at(2)));
    w.put("net/batch_normalization/beta:0", Tensor.gaussian(Shape.of(3), rng.at(3)));
    w.put("net/batch_normalization/moving_mean:0", Tensor.gaussian(Shape.of(3), rng.at(4)));
    w.put(
        "net/batch_normalization/moving_variance:0",
        Tensor.uniform(Shape.of(3), 0.5f, 2, rng.at(5)));
    w.put(
        "net/depthwise_conv2d/depthwise_kernel:0",
        Tensor.gaussian(Shape.of(2, 1, 3, 2), rng.at(6)));
    w.put("net/dense/kernel:0", Tensor.gaussian(Shape.of(72, 5), rng.at(7)));
    w.put("net/dense/bias:0", Tensor.gaussian(Shape.of(5), rng.at(8)));
    w.put("net/dense_1/kernel:0", Tensor.gaussian(Shape.of(5, 4), rng.at(9)));
    w.put("net/dense_1/bias:0", Tensor.gaussian(Shape.of(4), rng.at(10)));
    return w;
  }

  /** One image [H][W][C] through the net, channels last, by its definition. */
  private static double[] kerasLogits(Map<String, Tensor> w, double[][][] x) {
    List<Tensor> t = List.copyOf(w.values());
    double[][][] y = new double[4][4][3];
    for (int r = 0; r < 4; r++) {
      for (int q = 0; q < 4; q++) {
        for (int o = 0; o < 3; o++) {
          double sum = t.get(1).get(o);
          for (int u = 0; u < 2; u++) {
            for (int v = 0; v < 2; v++) {
              for (int c = 0; c < 2; c++) {
                sum += x[r + u][q + v][c] * t.get(0).get(((u * 2 + v) * 2 + c) * 3 + o);
              }
            }
          }
          double scale = t.get(2).get(o) / Math.sqrt(t.get(5).get(o) + 1e-5);
          y[r][q][o] = (Math.max(0, sum) - t.get(4).get(o)) * scale + t.get(3).get(o);
        }
      }
    }
    double[] row = new double[72]; // [3, 4, 6], channels last
    for (int r = 0; r < 3; r++) {
      for (int q = 0; q < 4; q++) {
        for (int c = 0; c < 3; c++) {
          for (int m = 0; m < 2; m++) {
            for (int u = 0; u < 2; u++) {
              row[(r * 4 + q) * 6 + c * 2 + m] +=
                  y[r + u][q][c] * t.get(6).get((u * 3 + c) * 2 + m);
            }
          }
        }
      }
    }
    double[] hidden = dense(row, t.get(7), t.get(8));
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = Math.max(0, hidden[i]);
    }
    return dense(hidden, t.get(9), t.get(10));
  }

  private static double[] dense(double[] x, Tensor kernel, Tensor bias) {
    double[] y = new double[bias.size()];
    for (int o = 0; o < y.length; o++) {
      y[o] = bias.get(o);
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * kernel.get(i * y.length + o);
      }
    }
    return y;
  }

  private static void gives(Map<String, Tensor> keras, Model model, Rng rng) {
    Tensor x = Tensor.gaussian(Shape.of(1).concat(EXAMPLE), rng.at("x"));
    double[][][] pixels = new double[5][5][2];
    for (int i = 0; i < x.size(); i++) {
      pixels[i / 5 % 5][i % 5][i / 25] = x.get(i);
    }
    double[] expected = kerasLogits(keras, pixels);
    Tensor logits = model.logits(Var.constant(x)).value();
    for (int k = 0; k < 4; k++) {
      assertEquals(expected[k], logits.get(k), 1e-4 * Math.max(1, Math.abs(expected[k])));
    }
  }

  @Test
  void aNetOfKerasGivesItsOwnLogits(Rng rng) throws FormatException {
    Map<String, Tensor> keras = keras(rng);
    gives(keras, dict(keras).fit(NET, EXAMPLE).model(), rng);
  }

  @Test
  void modulesOfAKindAreTakenInTheOrderOfTheirNumbers(Rng rng) throws FormatException {
    Map<String, Tensor> keras = keras(rng);
    Map<String, Tensor> sorted = new TreeMap<>();
    keras.forEach(
        (name, t) ->
            sorted.put(name.replace("dense_1/", "dense_10/").replace("dense/", "dense_9/"), t));
    gives(keras, dict(sorted).fit(NET, EXAMPLE).model(), rng);
  }

  @Test
  void arraysWithoutNamesAreTakenInOrder(Rng rng) throws FormatException {
    Map<String, Tensor> keras = keras(rng);
    keras.remove("net/depthwise_conv2d/depthwise_kernel:0");
    Layer net =
        Layer.sequential(
            Layer.conv(2, 3, 2), Layer.batchNorm(3), Layer.flatten(), Layer.dense(48, 5));
    keras.put("net/dense/kernel:0", Tensor.gaussian(Shape.of(48, 5), rng.at(11)));
    keras.remove("net/dense_1/kernel:0");
    keras.remove("net/dense_1/bias:0");
    Map<String, Tensor> numbered = new TreeMap<>();
    keras.values().forEach(t -> numbered.put("arr_" + numbered.size(), t));
    assertEquals(
        dict(keras).fit(net, EXAMPLE).model().params(),
        dict(numbered).fit(net, EXAMPLE).model().params());
  }

  @Test
  void aMatrixThatFitsEitherWayIsNotGuessedAt(Rng rng) {
    Layer net = Layer.sequential(Layer.dense(3, 3));
    Map<String, Tensor> numbered = new LinkedHashMap<>();
    numbered.put("arr_0", Tensor.gaussian(Shape.of(3, 3), rng));
    numbered.put("arr_1", Tensor.gaussian(Shape.of(3), rng));
    Fit fit = dict(numbered).fit(net, Shape.of(3));
    assertFalse(fit.isComplete());
    String message = assertThrows(FormatException.class, fit::model).getMessage();
    assertTrue(message.contains("0.weight fits with channels first and last"), message);
  }

  @Test
  void twoModulesOfOneNumberAreNotGuessedAt(Rng rng) {
    Map<String, Tensor> keras = new LinkedHashMap<>();
    keras.put("left/dense/kernel", Tensor.gaussian(Shape.of(3, 2), rng));
    keras.put("right/dense/kernel", Tensor.gaussian(Shape.of(3, 2), rng));
    keras.put("left/dense/bias", Tensor.gaussian(Shape.of(2), rng));
    assertEquals(
        List.of("weight [2, 3]", "bias [2]"),
        dict(keras).fit(Layer.dense(3, 2), Shape.of(3)).missing());
  }

  // ---- the report
  // ---------------------------------------------------------------------------------

  private static StateDict flawed(Rng rng) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("conv1.weight", Tensor.gaussian(Shape.of(16, 1, 5, 5), rng));
    all.put("conv1.bias", Tensor.gaussian(Shape.of(16), rng));
    all.put("conv2.weight", Tensor.full(Shape.of(32, 16, 4, 4), Float.NaN));
    all.put("conv2.bias", Tensor.gaussian(Shape.of(32), rng));
    all.put("fc1.weight", Tensor.gaussian(Shape.of(100, 1568), rng));
    all.put("fc1.bias", Tensor.gaussian(Shape.of(100), rng));
    all.put("head.weight", Tensor.gaussian(Shape.of(2, 100), rng));
    all.put("bn.num_batches_tracked", Tensor.scalar(1));
    return dict(all);
  }

  @Test
  void theReportSaysWhatDoesNotFit(Rng rng) {
    Fit fit = flawed(rng).fit(Zoo.fastFgsm(), Shape.of(1, 28, 28));
    assertEquals(
        """
        weights.npz: 4 of 8 parameters, named by attribute, as in layer1.0.conv1.weight
          missing      2: 7.weight [10, 100], 7.bias [10]
          unexpected   1: head.weight
          misshapen    1: 0.weight (conv1.weight) is [16, 1, 5, 5] instead of [16, 1, 4, 4]
          not finite   1: element 0 of conv2.weight is NaN
          ignored      1: bn.num_batches_tracked\
        """,
        fit.toString());
    assertEquals("fc1.weight", fit.origins().get("5.weight"));
    assertEquals(
        "weights.npz: not those of the architecture: missing: 7.weight [10, 100], 7.bias [10] /"
            + " unexpected: head.weight / misshapen: 0.weight (conv1.weight) is [16, 1, 5, 5]"
            + " instead of [16, 1, 4, 4] / element 0 of conv2.weight is NaN, at the tensors; name"
            + " the architecture that the file is of, or rename its tensors",
        assertThrows(FormatException.class, fit::model).getMessage());
  }

  @Test
  void aLenientFitKeepsTheRestOfAFreshModel(Rng rng) {
    Model fresh = Model.init(Zoo.fastFgsm(), Shape.of(1, 28, 28), rng);
    StateDict file = flawed(rng.at("other"));
    Model mixed = file.fit(fresh.net(), fresh.example()).over(fresh);
    Map<String, Tensor> all = mixed.params().all();
    assertEquals(file.tensors().get("fc1.weight"), all.get("5.weight"));
    for (String kept : List.of("0.weight", "2.weight", "7.weight", "7.bias")) {
      assertEquals(fresh.params().all().get(kept), all.get(kept));
    }
  }

  @Test
  void renamingMayNotJoinTwoTensors() {
    StateDict two = dict(Map.of("a", Tensor.scalar(1), "b", Tensor.scalar(2)));
    assertThrows(IllegalArgumentException.class, () -> two.renamed(name -> "c"));
  }

  // ---- files
  // --------------------------------------------------------------------------------------

  @Test
  void whatAFileBeginsWithSaysWhatItIs(@TempDir Path dir, Rng rng) throws IOException {
    Model net = Model.init(Layer.dense(3, 2), Shape.of(3), rng);
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    net.params().all().forEach((name, t) -> arrays.put(name, NpyArray.of(t)));
    Path npz = dir.resolve("weights");
    Npz.write(npz, arrays, Npz.Packing.DEFLATED);
    Path safetensors = dir.resolve("weights.npz");
    Safetensors.of(net.params().all()).write(safetensors);
    same(net, StateDict.read(npz).fit(net.net(), net.example()));
    same(net, StateDict.read(safetensors).fit(net.net(), net.example()));
    Files.write(dir.resolve("empty"), new byte[0]);
    assertThrows(FormatException.class, () -> StateDict.read(dir.resolve("empty")));
  }

  private static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  /**
   * Adversarial Robustness Toolbox: conv 7×7×1, relu, max-pool 4, dense 25 → 10, as Keras has it.
   */
  @Test
  void theTinyNetOfTheToolboxGets32OfAHundredRight() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("W_CONV2D", "B_CONV2D", "W_DENSE", "B_DENSE")) {
      Tensor t = Npy.read(data("art/" + name + "_MNIST.npy")).tensor();
      tensors.put("arr_" + tensors.size(), t);
    }
    Layer net =
        Layer.sequential(
            Layer.conv(1, 1, 7),
            Layer.relu(),
            new MaxPool2d(4, 4, 0, false),
            Layer.flatten(),
            Layer.dense(25, 10));
    Model model = dict(tensors).fit(net, Shape.of(1, 28, 28)).model();
    Scores scores =
        Scores.of(model, Datasets.open(data("mnist").toString(), Split.TEST).slice(0, 100));
    assertEquals(32, scores.correct());
  }
}
