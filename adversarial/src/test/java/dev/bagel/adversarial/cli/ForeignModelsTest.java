package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bagel.adversarial.RealData;
import dev.bagel.nn.Model;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other people's models on the command line, with what is known of them. */
class ForeignModelsTest {
  @TempDir Path folder;

  /** The counts that those who published the models, or their data, give. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          vnncomp/mnistfc/mnist-net_256x2.onnx, mnist,                       '',       9808
          vnncomp/cifar10_resnet/resnet_2b.onnx, cifar10/test_first1000.bin, NORMAL,    703
          vnncomp/marabou/cifar10_small.onnx,   cifar10/test_first1000.bin,  '',        630
          models/resnet20_cifar10.onnx,         cifar10/test_first1000.bin,  '',        915
          models/fast_adversarial_fgsm.npz,     mnist,                       fast-fgsm, 9850
          """)
  void asManyAreRightAsIsKnown(String model, String data, String more, int right)
      throws IOException {
    Object[] options =
        switch (more) {
          case "NORMAL" -> new Object[] {"--mean=.4914,.4822,.4465", "--std=.2471,.2435,.2616"};
          case "fast-fgsm" -> new Object[] {"--arch", more};
          default -> new Object[0];
        };
    JsonNode json = predict(RealData.data(model), RealData.data(data), options);
    assertEquals(right, Math.round(json.get("accuracy").asDouble() * json.get("n").asInt()));
  }

  private static JsonNode predict(Path model, Path data, Object... more) throws IOException {
    Object[] all = new Object[more.length + 6];
    System.arraycopy(
        new Object[] {"predict", "--json", "--model", model, "--data", data}, 0, all, 0, 6);
    System.arraycopy(more, 0, all, 6, more.length);
    return Ran.bagel(all).json();
  }

  @Test
  void picturesOfAnyFormatAndSizeAreSeen() throws IOException {
    Path model = RealData.data("models/squeezenet_v1.0_imagenet.onnx");
    Path names = RealData.data("imagenet/imagenet-simple-labels.json");
    Path hog = RealData.data("imagenet/n02395406_hog.JPEG");
    Ran ran =
        Ran.bagel(
            "predict", "--model", model, "--data", hog, "--resize=256x256", "--class-names", names);
    assertTrue(ran.done().out().contains("pig     88."), ran.out());
    JsonNode json = predict(model, RealData.data("imagenet"), "--resize=256x256", "--first=4");
    assertEquals(4, json.get("predictions").size());
  }

  @Test
  void anOnnxFileIsAttackedAndExplained() throws IOException {
    Path model = RealData.data("models/fast_adversarial_fgsm.onnx");
    Path mnist = RealData.data("mnist");
    JsonNode json =
        Ran.bagel(
                "attack",
                "--model",
                model,
                "--data",
                mnist,
                "--first=8",
                "--attack=fgsm",
                "--eps=0.3",
                "--json")
            .json();
    assertEquals(1, json.get("results").size());
    assertTrue(json.get("results").get(0).get("robust_accuracy").asDouble() > 0.6);
    Path out = folder.resolve("maps");
    Ran.bagel("explain", "--model", model, "--data", mnist, "--first=1", "--out", out).done();
    try (var files = Files.list(out)) {
      assertTrue(files.count() > 0);
    }
  }

  @Test
  void anOnnxFileIsTrainedFurtherAndWrittenAgain() throws IOException {
    Path file = folder.resolve("net.onnx");
    Onnx.write(Ran.model(Shape.of(1, 28, 28)), file);
    Path finer = folder.resolve("finer.onnx");
    Object[] train = {
      "train", "--model", file, "--data=fashion-mnist", "--first=128", "--epochs=1", "--save", finer
    };
    Ran.bagel(train).done();
    Model before = Onnx.read(file);
    Model after = Onnx.read(finer);
    assertEquals(before.params().all().keySet(), after.params().all().keySet());
    assertNotEquals(before.params(), after.params());
    train[train.length - 1] = folder.resolve("finer.safetensors");
    Ran refused = Ran.bagel(train);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("name an .onnx file to hold it"), refused.err());
  }
}
