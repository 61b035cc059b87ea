package dev.bagel.adversarial.junit;

import static dev.bagel.adversarial.Ball.l2;
import static dev.bagel.adversarial.Ball.linf;
import static dev.bagel.adversarial.junit.Robustness.assertRobust;
import static dev.bagel.adversarial.junit.Robustness.fgsm;
import static dev.bagel.adversarial.junit.Robustness.pgd;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Rule;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobustnessTest {
  private static final Shape IMAGE = Shape.of(1, 6, 6);
  private static final Model MODEL =
      Model.init(Layer.sequential(Layer.flatten(), Layer.dense(36, 3)), IMAGE, Rng.of(2));
  private static final Batch DATA = data(MODEL, Shape.of(30).concat(IMAGE));

  private static Batch data(Model f, Shape shape) {
    Tensor x = Tensor.uniform(shape, 0, 1, Rng.of(3));
    return new Batch(x, f.predict(x));
  }

  private static String failure(Runnable claim) {
    return assertThrows(AssertionError.class, claim::run).getMessage();
  }

  @Test
  void whatStandsPasses() {
    Outcome o =
        assertRobust(MODEL).on(DATA).within(linf(1e-6)).against(pgd(10)).seed(1).atLeast(0.9);
    assertTrue(o.robustAccuracy() >= 0.9);
    assertRobust(MODEL).on(DATA).within(linf(1)).against(pgd(10)).atMost(0.1);
    assertRobust(MODEL).on(DATA).within(l2(0)).against(fgsm()).everywhere();
    assertRobust(MODEL).on(DATA).against(Pgd.in(linf(1e-6))).atLeast(0.9);
  }

  @Test
  void aFailureSaysEverythingAndShowsTheWorst(@TempDir Path folder) throws IOException {
    String said =
        failure(
            () ->
                assertRobust(MODEL)
                    .on(DATA)
                    .within(linf(0.4))
                    .against(pgd(20))
                    .seed(7)
                    .images(folder)
                    .atLeast(0.85));
    for (String part :
        new String[] {
          "of 30), expected at least 0.85",
          "clean    1.0000 (30)",
          "Pgd[ball=linf(0.4), steps=20",
          "untargeted",
          "seed     7",
          "gradients",
          "worst    example ",
          "with probability 0.",
          "picture  " + folder,
          "(original, difference, adversarial)"
        }) {
      assertTrue(said.contains(part), part + " in " + said);
    }
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      assertTrue(said.contains(file.toString()));
      assertTrue(file.getFileName().toString().contains("RobustnessTest"), file.toString());
      BufferedImage image = ImageIO.read(file.toFile());
      assertEquals(168, image.getHeight());
      assertEquals((3 * 6 + 4) * 28, image.getWidth());
      int middle = image.getRaster().getSample(6 * 28 + 10, 10, 0);
      assertEquals(255, middle, "the gap is white");
    }
  }

  /** To be second is right enough for the goal, so it is for the share that stands. */
  @Test
  void whatStandsIsTheGoalsToSay() {
    Goal goal = Goal.custom(Rule.notInTop(2), DATA.labels());
    Robustness claim =
        assertRobust(MODEL)
            .on(DATA)
            .within(linf(0.4))
            .against(ball -> Pgd.in(ball).surrogate(Surrogate.margin()))
            .goal(goal);
    Outcome o = claim.atMost(1);
    assertTrue(o.successRate() > 0 && o.successRate() < 1, o.successRate() + " fell");
    assertEquals(1 - o.successRate(), o.robustAccuracy(), 1e-9);
    assertEquals(1, o.cleanAccuracy());
    assertTrue(claim.goal(null).atMost(1).robustAccuracy() < o.robustAccuracy());
    String said = failure(claim::everywhere);
    assertTrue(said.contains(": NotInTop[k=2] at distance 0."), said);
  }

  @Test
  void inputsThatAreNoPicturesAreDescribed() {
    Model f = Model.init(Layer.dense(5, 3), Shape.of(5), Rng.of(2));
    Batch data = data(f, Shape.of(20, 5));
    String said =
        failure(() -> assertRobust(f).on(data).within(l2(3)).against(Pgd::in).everywhere());
    assertTrue(said.contains("none: inputs [5] are no pictures"), said);
  }

  @Test
  void aModelThatIsWrongToBeginWithHasNoWorstExample() {
    int[] wrong = DATA.labels().clone();
    Arrays.setAll(wrong, i -> (wrong[i] + 1) % 3);
    String said =
        failure(
            () ->
                assertRobust(MODEL)
                    .on(new Batch(DATA.x(), wrong))
                    .within(linf(0))
                    .against(fgsm())
                    .atLeast(0.5));
    assertTrue(said.contains("clean    0.0000"), said);
    assertTrue(said.contains("wrong without any attack"), said);
  }

  @Test
  void anAttackThatIsTooWeakIsAFailureToo() {
    String said =
        failure(() -> assertRobust(MODEL).on(DATA).within(linf(0)).against(pgd(3)).atMost(0.5));
    assertTrue(said.contains("expected at most 0.5"), said);
    assertFalse(said.contains("picture"), said);
  }

  @Test
  void aLimitThatIsReachedShowsNothing() {
    String said =
        failure(
            () ->
                assertRobust(MODEL)
                    .on(DATA)
                    .within(linf(1e-6))
                    .against(pgd(3))
                    .limit(Duration.ZERO)
                    .atLeast(0.1));
    assertTrue(said.contains("30 of 30 examples stand"), said);
  }

  @Test
  void anUnfinishedClaimSaysWhatIsMissing() {
    String said =
        assertThrows(IllegalStateException.class, () -> assertRobust(MODEL).on(DATA).atLeast(0.5))
            .getMessage();
    assertTrue(said.contains("add within("), said);
    assertThrows(
        IllegalArgumentException.class,
        () -> assertRobust(MODEL).within(l2(1)).against(Pgd.in(linf(1))));
    assertThrows(
        IllegalArgumentException.class,
        () -> assertRobust(MODEL).on(DATA).within(l2(1)).against(pgd(2)).atLeast(85));
  }
}
