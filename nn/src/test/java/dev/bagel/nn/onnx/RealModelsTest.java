package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published networks, against the figures and the numbers of PyTorch. */
class RealModelsTest {
  private static Batch images(String data, int n) throws IOException {
    return Datasets.open(Archive.data(data).toString(), Split.TEST).slice(0, n).all();
  }

  private static Model read(String file) throws IOException {
    Model model = Onnx.read(Archive.data(file));
    return file.contains("resnet_2b")
        ? model.with(
            new Preprocessing(List.of(.4914f, .4822f, .4465f), List.of(.2471f, .2435f, .2616f)))
        : model;
  }

  @ParameterizedTest
  @CsvSource({
    "vnncomp/mnistfc/mnist-net_256x2.onnx, mnist, 9808",
    "vnncomp/mnistfc/mnist-net_256x4.onnx, mnist, 9764",
    "vnncomp/verivital/Convnet_avgpool.onnx, mnist, 9795",
    "vnncomp/eran/mnist_relu_9_200.onnx, mnist, 9495",
    "models/fast_adversarial_fgsm.onnx, mnist, 9850",
    "models/convex_adversarial_mnist.onnx, mnist, 9820",
    "vnncomp/cifar10_resnet/resnet_2b.onnx, cifar10/test_first1000.bin, 703",
    "vnncomp/marabou/cifar10_small.onnx, cifar10/test_first1000.bin, 630",
    "models/resnet20_cifar10.onnx, cifar10/test_first1000.bin, 915",
  })
  void aNetworkIsRightAsOftenAsItWas(String file, String data, int right) throws IOException {
    Model model = read(file);
    Batch batch = images(data, data.equals("mnist") ? 10_000 : 1000);
    int[] predicted = model.predict(batch.x());
    int found = 0;
    for (int i = 0; i < predicted.length; i++) {
      found += predicted[i] == batch.labels()[i] ? 1 : 0;
    }
    assertEquals(right, found);
    assertTrue(((Imported) model.net()).computesManyAtOnce());
  }

  @ParameterizedTest
  @CsvSource({
    "vnncomp/mnistfc/mnist-net_256x2.onnx, mnist, vnn21_mnist256x2",
    "vnncomp/mnistfc/mnist-net_256x4.onnx, mnist, vnn21_mnist256x4",
    "vnncomp/verivital/Convnet_avgpool.onnx, mnist, vnn21_avgpool",
    "vnncomp/eran/mnist_relu_9_200.onnx, mnist, vnn21_relu9x200",
    "models/fast_adversarial_fgsm.onnx, mnist, fast_fgsm",
    "models/convex_adversarial_mnist.onnx, mnist, wk_mnist",
    "vnncomp/cifar10_resnet/resnet_2b.onnx, cifar10/test_first1000.bin, vnn21_resnet2b",
    "vnncomp/marabou/cifar10_small.onnx, cifar10/test_first1000.bin, marabou_small",
    "models/resnet20_cifar10.onnx, cifar10/test_first1000.bin, resnet20",
  })
  void scoresAndGradientsAreThoseOfPyTorch(String file, String data, String oracle)
      throws IOException {
    Model model = read(file);
    Batch ten = images(data, 10);
    Npz known = Npz.open(Archive.data("oracles/" + oracle + ".npz"));
    assertNear(known.array("logits10").tensor(), model.scores(ten.x()));
    if (known.names().contains("input_grad10")) {
      assertNear(known.array("input_grad10").tensor(), model.gradients(ten.x(), ten.labels()));
    }
  }

  /** In units of the largest element. */
  private static void assertNear(Tensor expected, Tensor found) {
    assertEquals(expected.size(), found.size());
    Tensor same = found.reshape(expected.shape());
    float scale = expected.abs().maxTo(Shape.of()).item();
    float error = expected.sub(same).abs().maxTo(Shape.of()).item() / scale;
    assertTrue(error <= 1e-4, "relative error " + error);
  }

  /** The other networks of the verification competition: lists in, scores out, all at once. */
  @ParameterizedTest
  @CsvSource({
    "acasxu/ACASXU_run2a_1_1_batch_2000, 5, 5, true",
    "acasxu/ACASXU_run2a_1_2_batch_2000, 5, 5, true",
    "acasxu/ACASXU_run2a_1_3_batch_2000, 5, 5, true",
    "test/test_sat, 5, 5, true",
    "test/test_unsat, 5, 5, true",
    "test/test_nano, 1, 1, false",
    "test/test_tiny, 1, 1, false",
    "test/test_small, 1, 1, false",
  })
  void listsAreInputsToo(String file, int in, int out, boolean together) throws IOException {
    Model model = read("vnncomp/" + file + ".onnx");
    assertEquals(Shape.of(in), model.example());
    assertEquals(together, ((Imported) model.net()).computesManyAtOnce());
    Tensor x = Tensor.uniform(Shape.of(3, in), -1, 1, Rng.of(7));
    Tensor all = model.scores(x);
    assertEquals(Shape.of(3, out), all.shape());
    assertArrayEquals(model.scores(x.slice(1, 2)).toArray(), all.slice(1, 2).toArray(), 1e-5f);
  }

  // ---- ImageNet -------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "n02395406_hog, 341, 0.88",
    "n02095570_Lakeland_terrier, 189, 0.90",
    "n03452741_grand_piano, 579, 0.999",
    "n07693725_bagel, 960, 0.10", // wrong: chocolate syrup
  })
  void squeezeNetSeesWhatItSaw(String image, int label, double probability) throws IOException {
    Model model = read("models/squeezenet_v1.0_imagenet.onnx");
    assertEquals(Shape.of(3, 227, 227), model.example());
    Tensor scores = model.scores(photo(Archive.data("imagenet/" + image + ".JPEG")));
    Tensor p = Fn.softmax(Var.constant(scores)).value();
    assertEquals(label, scores.argmax()[0]);
    assertEquals(probability, p.get(label), 0.01);
  }

  /** A photograph in 0 … 1, resized to 256×256 and cut to the 227×227 in its middle. */
  private static Tensor photo(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    int h = image.getHeight();
    int w = image.getWidth();
    float[] pixels = new float[3 * h * w];
    for (int i = 0; i < pixels.length; i++) {
      int rgb = image.getRGB(i % w, i / w % h);
      pixels[i] = (rgb >> (16 - 8 * (i / (h * w))) & 255) / 255f;
    }
    Value photo = Value.real(Element.FLOAT, Tensor.wrap(Shape.of(1, 3, h, w), pixels));
    return resized(photo, 256, 256).slice(2, 14, 241).slice(3, 14, 241).value();
  }

  /** Bilinear, with a wider window where pixels get fewer, as Python's imaging library does it. */
  private static Var resized(Value image, int h, int w) {
    Map<String, Object> settings = Map.of("mode", "linear", "antialias", 1L, "exclude_outside", 1L);
    Node node =
        new Node(
            0,
            "Resize",
            "",
            18,
            List.of("x", "", "", "sizes"),
            List.of("y"),
            new Attributes(settings));
    Trace trace = new Trace(Pass.evaluate(Map.of()), BatchAxes.NONE, false);
    trace.put("x", image);
    trace.put("sizes", Numbers.list(1, 3, h, w));
    trace.step(node);
    return trace.get("y").var();
  }
}
