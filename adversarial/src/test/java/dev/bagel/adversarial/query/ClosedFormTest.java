package dev.bagel.adversarial.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The nearest point of another class of a linear model is |margin| / ‖w‖ away, in the dual norm.
 */
@ExtendWith(Seeded.class)
class ClosedFormTest {
  private static final int N = 4;
  private static final int D = 30;

  static Stream<Arguments> attacks() {
    return Stream.of(
        Arguments.of(HopSkipJump.in(Norm.L2).queries(20_000), 0.03),
        Arguments.of(HopSkipJump.in(Norm.LINF).queries(20_000), 0.05),
        Arguments.of(BoundaryAttack.l2().queries(20_000), 0.03),
        Arguments.of(SignOpt.l2().queries(20_000), 0.03),
        Arguments.of(GeoDa.in(Norm.L2).queries(20_000), 0.03),
        Arguments.of(GeoDa.in(Norm.LINF).queries(20_000), 0.05),
        Arguments.of(ZerothOrder.l2().searches(8).iterations(300).c(0.1).rate(0.002), 0.05));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void theNearestPointIsFound(MinimalAttack attack, double tolerance, Rng rng) {
    Counting f = Counting.random(2, D, new Bounds(-3, 4), rng);
    Tensor x = inputs(f, rng.at("x"));
    int[] y = Decision.of(f, x);
    Found found = attack.run(f, x, Goal.untargeted(y), new Seeds(rng, Ledger.all(y.length)));
    double[] distance = Ball.distances(attack.norm(), found.x(), x);
    for (int i = 0; i < y.length; i++) {
      double least = f.distance(x, i, y[i], attack.norm());
      assertTrue(found.success()[i]);
      assertEquals(1, distance[i] / least, tolerance, "example " + i);
      assertTrue(distance[i] >= least * (1 - 1e-4), "nearer than possible");
    }
  }

  /** Some that are not next to the boundary: steps and rounding are in input units. */
  private static Tensor inputs(Counting f, Rng rng) {
    Tensor many = Tensor.uniform(Shape.of(60, D), 0, 1, rng);
    int[] y = Decision.of(f, many);
    int[] far =
        IntStream.range(0, 60)
            .filter(i -> f.distance(many, i, y[i], Norm.L2) > 0.3)
            .limit(N)
            .toArray();
    return many.rows(far);
  }
}
