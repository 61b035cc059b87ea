package dev.bagel.adversarial.minimal;

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
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The family side by side on an undefended net for MNIST; skipped without {@code bagel.data}. */
class MedianDistancesTest {
  private static final int IMAGES = 12;

  private static double median(MinimalAttack attack, Model f, Batch batch) {
    Goal goal = Goal.untargeted(batch.labels());
    Found found = attack.run(f, batch.x(), goal, Seeds.of(0, IMAGES));
    assertEquals(1, found.rate(), attack.toString());
    double[] d = Ball.distances(attack.norm(), found.x(), batch.x());
    Arrays.sort(d);
    double median = (d[IMAGES / 2 - 1] + d[IMAGES / 2]) / 2;
    System.out.printf("median %s %.4f: %s%n", attack.norm().label(), median, attack);
    return median;
  }

  @Test
  void theStrongestOfTheFamilyAgree() throws IOException {
    String data = RealData.data("mnist").toString();
    Model f =
        Trainer.of(Objective.crossEntropy(), Optimizer.adam(1e-3))
            .epochs(1)
            .fit(
                Model.init(Zoo.fastFgsm(), Shape.of(1, 28, 28), Rng.of(3)),
                Datasets.open(data, Split.TRAIN).slice(0, 6000))
            .model();
    Batch batch = Datasets.open(data, Split.TEST).slice(0, IMAGES).all();
    double l2 = median(alone(Norm.L2), f, batch);
    assertTrue(median(Ddn.attack(), f, batch) < 1.02 * l2);
    assertTrue(median(Fmn.in(Norm.L2).withoutStart(), f, batch) < 1.02 * l2);
    assertTrue(median(DeepFool.in(Norm.L2), f, batch) >= l2);
    double linf = median(alone(Norm.LINF), f, batch);
    assertTrue(median(Fmn.in(Norm.LINF).steps(200), f, batch) < 1.03 * linf);
    assertTrue(median(DeepFool.in(Norm.LINF), f, batch) >= linf);
  }

  /** Not from where FMN has been already. */
  private static MinimalAttack alone(Norm norm) {
    return BrendelBethge.in(norm).steps(200).start(new Crossing(200));
  }

  /** From the input alone it misses a quarter of them. */
  @Test
  void maskedGradientsHideNothingFromFmn() throws IOException {
    String data = RealData.data("mnist").toString();
    Model f = RealData.fastFgsm();
    Batch batch = Datasets.open(data, Split.TEST).slice(0, IMAGES).all();
    for (Norm norm : Norm.values()) {
      Fmn fromNoise = Fmn.in(norm).steps(60).start(new RandomStart(1000));
      median(fromNoise, f, batch); // asserts that all are found
    }
  }
}
