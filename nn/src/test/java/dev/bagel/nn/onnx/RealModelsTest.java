package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.util.List;
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
    System.out.println(model + ": " + found);
    assertEquals(right, found);
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
    System.out.println("  " + error);
    assertTrue(error <= 1e-4, "relative error " + error);
  }
}
