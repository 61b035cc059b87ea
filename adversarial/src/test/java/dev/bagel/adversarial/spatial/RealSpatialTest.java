package dev.bagel.adversarial.spatial;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.RealData;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * A network that was trained against ε = 0.3 in ℓ∞ has no defence against a turn and a shift:
 * Engstrom et al. 2019, §4.2.
 */
class RealSpatialTest {
  @Test
  void aGridFindsWhatGradientsDoNot() throws IOException {
    Model f = RealData.fastFgsm();
    Batch batch = RealData.mnist(128);
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
