package dev.bagel.adversarial.universal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Tensors;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class PatchTest {
  private static Tensor pictures(int n, Bounds bounds, Rng rng) {
    return Tensor.uniform(Shape.of(n, 2, 12, 15), bounds.low(), bounds.high(), rng.at("x"));
  }

  private static AdversarialPatch patch(PatchShape shape, Placements where, Rng rng) {
    Tensor p = Tensor.uniform(Shape.of(2, 5, 5), 0, 1, rng.at("patch"));
    return new AdversarialPatch(p, shape, where, 1);
  }

  @Test
  void anUprightPatchOnWholePixelsCoversThemExactly(Rng rng) {
    Tensor x = pictures(1, Bounds.UNIT, rng);
    AdversarialPatch patch = patch(PatchShape.SQUARE, Placements.anywhere(), rng);
    Tensor y = patch.at(x, Bounds.UNIT, List.of(new Placement(7, 4, 0, 1)));
    for (int i = 0; i < y.size(); i++) {
      int row = i / 15 % 12 - 2; // in the patch, whose centre is its pixel (2, 2)
      int column = i % 15 - 5;
      boolean on = row >= 0 && row < 5 && column >= 0 && column < 5;
      float expected = on ? patch.patch().get((i / 180 * 5 + row) * 5 + column) : x.get(i);
      assertEquals(expected, y.get(i), "element " + i);
    }
  }

  @Test
  void aPatchIsWholeOnThePictureAndLeavesTheRestAlone(Rng rng) {
    Bounds bounds = new Bounds(-1, 2);
    int n = 200;
    Tensor x = pictures(n, bounds, rng);
    for (PatchShape shape : PatchShape.values()) {
      AdversarialPatch patch = patch(shape, new Placements(180, 0.6, 1.4, 1), rng);
      Pasted pasted = patch.paste(x, bounds, Seeds.of(4, n));
      bounds.check(pasted.x());
      Tensor ones = Tensor.full(Shape.of(2, 5, 5), 1);
      AdversarialPatch white = new AdversarialPatch(ones, shape, patch.where(), 1);
      Tensor on = white.at(Tensor.zeros(x.shape()), Bounds.UNIT, pasted.placements());
      for (int i = 0; i < n; i++) {
        Placement p = pasted.placements().get(i);
        double covered = on.slice(i, i + 1).sum().item() / 2;
        double area = shape.mask(5).sum().item() * p.scale() * p.scale();
        assertEquals(area, covered, 0.25 * area + 1, shape + " " + p);
      }
      for (int k = 0; k < x.size(); k++) {
        if (on.get(k) == 0) {
          assertEquals(x.get(k), pasted.x().get(k));
        }
      }
    }
  }

  @Test
  void placesDependOnTheExampleAlone(Rng rng) {
    Tensor x = pictures(6, Bounds.UNIT, rng);
    AdversarialPatch patch = patch(PatchShape.CIRCLE, Placements.anywhere(), rng);
    Pasted whole = patch.paste(x, Bounds.UNIT, Seeds.of(4, 6));
    int[] some = {5, 1};
    Pasted few = patch.paste(x.rows(some), Bounds.UNIT, Seeds.of(4, 6).rows(some));
    assertEquals(whole.x().rows(some), few.x());
    assertEquals(whole.placements().get(5), few.placements().get(0));
  }

  /** Class 1 is a picture with much light anywhere. */
  private static Classifier light() {
    return Classifier.of(
        x -> {
          Var sum = x.sumEach().reshape(x.shape().dim(0), 1);
          return Var.concat(1, sum.mul(0).add(30), sum);
        },
        Bounds.UNIT);
  }

  private static Dataset dark(int n, Rng rng) {
    Tensor x = Tensor.uniform(Shape.of(n, 1, 10, 10), 0, 0.2f, rng);
    return new Tensors("dark", x, new int[n], List.of("dark", "light"));
  }

  @Test
  void aPatchLearnsToBeBright(Rng rng) {
    Learned<AdversarialPatch> learned =
        PatchTraining.square(1, 6).fit(light(), dark(60, rng.at("x")), rng, Progress.NONE);
    Dataset held = dark(40, rng.at("held out"));
    Seeds seeds = Seeds.of(1, 40);
    assertTrue(learned.curve().get(4) < learned.curve().get(0));
    assertEquals(300, learned.cost().gradients());
    AdversarialPatch patch = learned.what();
    assertEquals(0.36, patch.area(Shape.of(1, 10, 10)), 1e-6);
    assertEquals(1, patch.successRate(light(), held.all().x(), held.labels(), seeds));
    Goal goal = Goal.targeted(held.labels(), IntStream.range(0, 40).map(i -> 1).toArray());
    assertEquals(1, patch.run(light(), held.all().x(), goal, seeds).rate());
  }

  @Test
  void whatIsLearntDoesNotDependOnThreads(Rng rng) {
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      PatchTraining training = PatchTraining.square(1, 4).shape(PatchShape.CIRCLE).epochs(2);
      Tensor serial = training.fit(light(), dark(70, rng), rng, Progress.NONE).what().patch();
      Parallel.threads(3);
      assertEquals(serial, training.fit(light(), dark(70, rng), rng, Progress.NONE).what().patch());
    } finally {
      Parallel.threads(before);
    }
  }

  @Test
  void whatCannotBePatchedIsRefused(Rng rng) {
    AdversarialPatch patch = patch(PatchShape.SQUARE, Placements.anywhere(), rng);
    Tensor grey = Tensor.zeros(Shape.of(1, 1, 8, 8));
    assertThrows(AttackException.class, () -> patch.paste(grey, Bounds.UNIT, Seeds.of(0, 1)));
    Classifier boundless = Classifier.of(x -> light().logits(x), Bounds.NONE);
    assertThrows(
        AttackException.class,
        () -> PatchTraining.square(1, 4).fit(boundless, dark(4, rng), rng, Progress.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () -> patch.successRate(light(), grey, new int[] {1}, Seeds.of(0, 1)));
  }
}
