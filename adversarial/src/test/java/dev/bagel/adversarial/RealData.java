package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.io.StateDict;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Published networks and MNIST; {@code -Dbagel.data=DIR} or {@code BAGEL_DATA} says where. */
public final class RealData {
  private RealData() {}

  /** A file or a folder of the data; the test is skipped if it is not there. */
  public static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  /** The FGSM-trained network of Wong et al. 2020. */
  public static Model fastFgsm() throws IOException {
    Path weights = data("models/fast_adversarial_fgsm.npz");
    return StateDict.read(weights).fit(Zoo.fastFgsm(), Shape.of(1, 28, 28)).model();
  }

  /** A network for images of MNIST. */
  public static Model mnistModel(Layer net, Map<String, Tensor> numbers) {
    Params fresh = net.init(Rng.of(1));
    assertEquals(fresh.all().keySet(), numbers.keySet());
    return Model.of(net, fresh.with(numbers), Shape.of(1, 28, 28));
  }

  /** The first test images. */
  public static Batch mnist(int n) throws IOException {
    return Datasets.open(data("mnist").toString(), Split.TEST).slice(0, n).all();
  }
}
