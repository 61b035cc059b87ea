package dev.bagel.adversarial.spatial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Seeded.class)
class TransformationAttackTest {
  private static final Rng FIXED = Rng.of(7);
  private static final Shape PICTURE = Shape.of(3, 8, 8);

  private static Model net() {
    Layer net =
        Layer.sequential(
            Layer.conv(3, 6, 3), Layer.relu(), Layer.flatten(), Layer.dense(6 * 36, 5));
    return Model.init(net, PICTURE, FIXED.at("net"));
  }

  private static Tensor pictures(int n) {
    return Tensor.uniform(Shape.of(n).concat(PICTURE), 0, 1, FIXED.at("x"));
  }

  private static Transformed find(TransformationAttack attack, Classifier f, Tensor x) {
    Goal goal = Goal.untargeted(f.predict(x));
    return attack.find(f, x, goal, Seeds.of(3, x.shape().dim(0)), Progress.NONE);
  }

  static Stream<TransformationAttack> attacks() {
    TransformationAttack turn = TransformationAttack.on(new RotationTranslation(20, 2));
    TransformationAttack side = TransformationAttack.on(new Perspective(0.1));
    TransformationAttack light = TransformationAttack.on(new ColourShift(60, 0.3, 0.1, 0.3));
    return Stream.of(
        turn.search(Search.grid(3, 3, 3)),
        turn.search(Search.random(8)),
        turn.search(Search.firstOrder(6)),
        side.search(Search.random(8)),
        side.search(Search.firstOrder(6)),
        light.search(Search.grid(3, 3, 1, 3)),
        light.search(Search.random(8)),
        light.search(Search.firstOrder(6)).surrogate(Surrogate.margin()));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void whatIsReportedIsTrue(TransformationAttack attack) {
    Model f = net();
    Tensor x = pictures(70);
    int[] y = f.predict(x);
    Transformed found = find(attack, f, x);
    f.bounds().check(found.x());
    assertArrayEquals(f.predict(found.x()), found.predicted());
    assertTrue(found.rate() > 0, attack + " found nothing");
    List<Parameter> parameters = attack.transformation().parameters();
    for (int k = 0; k < found.theta().size(); k++) {
      double limit = parameters.get(k % parameters.size()).limit();
      assertTrue(Math.abs(found.theta().get(k)) <= limit * (1 + 1e-6), "within the limits");
    }
    for (int i = 0; i < y.length; i++) {
      assertEquals(found.predicted()[i] != y[i], found.success()[i]);
    }
    Tensor again = attack.transformation().apply(x, found.theta(), f.bounds());
    for (int k = 0; k < again.size(); k++) {
      assertEquals(again.get(k), found.x().get(k), 1e-6, "the parameters tell how it was made");
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void neitherThreadsNorBatchesMatter(TransformationAttack attack) {
    Model f = net();
    Tensor x = pictures(40);
    Transformed whole = find(attack, f, x);
    int before = Parallel.threads();
    try {
      for (int threads : new int[] {1, 3}) {
        Parallel.threads(threads);
        assertEquals(whole.theta(), find(attack, f, x).theta(), threads + " threads");
      }
    } finally {
      Parallel.threads(before);
    }
    int[] some = {3, 17, 29};
    Goal goal = Goal.untargeted(f.predict(x)).rows(some);
    Transformed few = attack.find(f, x.rows(some), goal, Seeds.of(3, 40).rows(some), Progress.NONE);
    Tensor expected = whole.theta().rows(some);
    for (int k = 0; k < expected.size(); k++) {
      assertEquals(expected.get(k), few.theta().get(k), 1e-5, "drawn for the example");
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void asAnAttackItFindsTheSame(TransformationAttack attack) {
    Model f = net();
    Tensor x = pictures(20);
    Transformed found = find(attack, f, x);
    Attack plain = attack;
    Goal goal = Goal.untargeted(f.predict(x));
    assertEquals(found.x(), plain.run(f, x, goal, Seeds.of(3, 20)).x());
  }

  @Test
  void aLargerSearchFindsAtLeastAsMuch() {
    Model f = net();
    Tensor x = pictures(60);
    TransformationAttack attack = TransformationAttack.on(new RotationTranslation(20, 2));
    Transformed few = find(attack.search(Search.random(3)), f, x);
    Transformed many = find(attack.search(Search.random(30)), f, x);
    for (int i = 0; i < 60; i++) {
      assertTrue(!few.success()[i] || many.success()[i], "example " + i);
    }
  }

  /** A net that looks at one pixel: there is one right answer, and a grid knows it. */
  @Test
  void theWorstPointOfTheGridIsFound() {
    Classifier f =
        Classifier.of(
            x -> {
              Var pixel = x.slice(2, 2, 3).slice(3, 2, 3).reshape(x.shape().dim(0), 1);
              return Var.concat(1, pixel, pixel.neg().add(1));
            },
            Bounds.UNIT);
    float[] picture = new float[25];
    Arrays.fill(picture, 1);
    picture[3 * 5 + 1] = 0; // a hole to the left and below the middle
    Tensor x = Tensor.wrap(Shape.of(1, 1, 5, 5), picture);
    TransformationAttack attack =
        TransformationAttack.on(new RotationTranslation(0, 1)).search(Search.grid(1, 3, 3));
    Transformed found = attack.find(f, x, Goal.untargeted(0), Seeds.of(0, 1), Progress.NONE);
    assertTrue(found.success()[0]);
    assertEquals(1, found.of(0, "right"));
    assertEquals(-1, found.of(0, "down"));
    assertEquals(0, found.x().get(12));
    assertEquals(new Cost(0, 1 + 1 + 9 + 1), found.cost());
  }

  @Test
  void whatIsWrongAlreadyIsLeftAlone() {
    Model f = net();
    Tensor x = pictures(10);
    int[] wrong = IntStream.of(f.predict(x)).map(k -> (k + 1) % 5).toArray();
    Transformed found =
        TransformationAttack.on(new Perspective(0.1))
            .find(f, x, Goal.untargeted(wrong), Seeds.of(0, 10), Progress.NONE);
    assertEquals(x, found.x());
    assertEquals(1, found.rate());
    assertEquals(Tensor.zeros(Shape.of(10, 8)), found.theta());
  }

  @Test
  void aTargetIsSought() {
    Model f = net();
    Tensor x = pictures(40);
    int[] y = f.predict(x);
    int[] targets = IntStream.of(y).map(k -> (k + 1) % 5).toArray();
    Transformed found =
        TransformationAttack.on(new ColourShift(180, 0.9, 0.3, 0.9))
            .find(f, x, Goal.targeted(y, targets), Seeds.of(0, 40), Progress.NONE);
    for (int i = 0; i < 40; i++) {
      assertEquals(found.predicted()[i] == targets[i], found.success()[i]);
    }
    assertTrue(found.rate() > 0);
  }

  @Test
  void noExamplesAreNoProblem() {
    Transformed none = find(TransformationAttack.spatial(), net(), pictures(3).slice(0, 0));
    assertEquals(0, none.predicted().length);
  }

  @Test
  void inputsThatAreNoPicturesAreRefused() {
    Classifier f = Model.init(Layer.sequential(Layer.dense(4, 2)), Shape.of(4), FIXED);
    Tensor x = Tensor.zeros(Shape.of(1, 4));
    assertThrows(AttackException.class, () -> find(TransformationAttack.spatial(), f, x));
    assertThrows(
        IllegalArgumentException.class,
        () -> TransformationAttack.on(new Perspective(0.1)).search(Search.grid(3, 3)));
  }

  @Test
  void aGradientThatIsNotANumberIsAnError() {
    Classifier f =
        Classifier.of(
            x -> {
              Var s = x.sub(x).sum().sqrt(); // 0, with an infinite slope
              return Var.concat(
                  1,
                  x.reshape(x.shape().dim(0), 192).slice(1, 0, 1).add(s.mul(0)).add(2),
                  x.reshape(x.shape().dim(0), 192).slice(1, 1, 2));
            },
            Bounds.UNIT);
    Tensor x = pictures(2);
    TransformationAttack attack =
        TransformationAttack.on(new RotationTranslation(20, 2)).search(Search.firstOrder(3));
    assertThrows(AttackException.class, () -> find(attack, f, x));
  }
}
