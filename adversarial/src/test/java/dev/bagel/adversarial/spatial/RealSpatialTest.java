package dev.bagel.adversarial.spatial;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A network that was trained against ε = 0.3 in ℓ∞ has no defence against a turn and a shift:
 * Engstrom et al. 2019, §4.2.
 */
class RealSpatialTest {
  private static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  @Test
  void aGridFindsWhatGradientsDoNot() throws IOException {
    Map<String, Tensor> numbers = new LinkedHashMap<>();
    Npz.open(data("models/fast_adversarial_fgsm.npz"))
        .arrays()
        .forEach((name, a) -> numbers.put(name, a.tensor()));
    Model f =
        Model.of(Zoo.fastFgsm(), Zoo.fastFgsm().init(Rng.of(1)).with(numbers), Shape.of(1, 28, 28));
    Batch batch = Datasets.open(data("mnist").toString(), Split.TEST).slice(0, 128).all();
    double grid = survivors(f, batch, Search.grid(5, 5, 5));
    double gradient = survivors(f, batch, Search.firstOrder(50));
    double ten = survivors(f, batch, Search.random(10));
    System.out.printf("of 128: grid %.0f, gradient %.0f, ten draws %.0f%n", grid, gradient, ten);
    assertTrue(grid < 5 && grid <= gradient && grid <= ten);
    assertTrue(gradient < 80 && ten < 80, "each alone leaves few, too");
  }

  private static double survivors(Model f, Batch batch, Search search) {
    return TransformationAttack.spatial()
        .search(search)
        .find(f, batch.x(), Goal.untargeted(batch.labels()), Seeds.of(0, 128), Progress.NONE)
        .found()
        .survivors()
        .length;
  }
}
