package dev.bagel.adversarial.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.RealData;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks that only ask, on the network of Wong et al. 2020, against what gradients find: a median
 * ℓ2 distance of 2.155 on the first five test images and of 1.541 on the first twenty (two runs of
 * DDN with 1000 steps each, on the margin and on the cross-entropy). With {@code
 * -Dbagel.attack.all=true} they have twenty images and 20,000 queries for each, some minutes in
 * all.
 */
class RealModelTest {
  private static final boolean ALL = Boolean.getBoolean("bagel.attack.all");

  static Stream<MinimalAttack> attacks() {
    return Stream.of(
        HopSkipJump.in(Norm.L2).queries(ALL ? 20_000 : 2_500),
        BoundaryAttack.l2().queries(ALL ? 20_000 : 5_000));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void askingIsNearlyAsGoodAsGradients(MinimalAttack attack) throws IOException {
    int n = ALL ? 20 : 5;
    Model f = RealData.fastFgsm();
    Batch batch = RealData.mnist(n);
    Goal goal = Goal.untargeted(batch.labels());
    Found found = attack.run(f, batch.x(), goal, Seeds.of(1, n));
    assertEquals(0, found.survivors().length);
    double[] distance = Ball.distances(Norm.L2, found.x(), batch.x());
    Arrays.sort(distance);
    double median = (distance[(n - 1) / 2] + distance[n / 2]) / 2;
    double byGradients = ALL ? 1.541 : 2.155;
    System.out.printf("%s: median %.3f, by gradients %.3f%n", attack, median, byGradients);
    assertTrue(median <= 1.3 * byGradients, median + " against " + byGradients);
  }
}
