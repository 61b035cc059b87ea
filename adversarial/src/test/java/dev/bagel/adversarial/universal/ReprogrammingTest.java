package dev.bagel.adversarial.universal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AttackException;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Tensors;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class ReprogrammingTest {
  private static final Shape OUTER = Shape.of(1, 8, 8);
  private static final Shape INNER = Shape.of(1, 4, 4);

  /** Two pictures: light above, and light on the left. */
  private static Dataset task(int n, Rng rng) {
    float[] x = new float[n * 16];
    int[] labels = new int[n];
    for (int i = 0; i < x.length; i++) {
      labels[i / 16] = i / 16 % 2;
      boolean light = labels[i / 16] == 0 ? i % 16 < 8 : i % 4 < 2;
      x[i] = 0.3f * rng.uniform(i) + (light ? 0.6f : 0.1f);
    }
    return new Tensors(
        "sides", Tensor.wrap(Shape.of(n, 1, 4, 4), x), labels, List.of("above", "left"));
  }

  private static Model host() {
    Layer net =
        Layer.sequential(Layer.flatten(), Layer.dense(64, 32), Layer.relu(), Layer.dense(32, 5));
    return Model.init(net, OUTER, Rng.of(2));
  }

  @Test
  void aRandomHostLearnsANewTask(Rng rng) {
    Model host = host();
    Learned<Program> learned =
        Reprogramming.of(OUTER, LabelMapping.first(2))
            .fit(host, task(200, rng.at("train")), rng, Progress.NONE);
    Dataset held = task(500, rng.at("held out"));
    double accuracy = Trainer.evaluate(learned.what().on(host), held).accuracy();
    assertTrue(accuracy > 0.75, "accuracy " + accuracy); // of two classes
    assertTrue(learned.curve().get(19) < learned.curve().get(0));
    assertEquals(20 * 200, learned.cost().gradients());
    host.bounds().check(learned.what().frame());
  }

  @Test
  void theTaskIsInTheMiddleOfTheFrame(Rng rng) {
    Tensor frame = Tensor.uniform(Shape.of(3, 5, 6), 0, 1, rng.at("frame"));
    Program program = new Program(frame, Shape.of(3, 2, 2), LabelMapping.first(2));
    Tensor x = Tensor.uniform(Shape.of(2, 3, 2, 2), 0, 1, rng.at("x"));
    Tensor shown = program.shown(x);
    for (int i = 0; i < shown.size(); i++) {
      int row = i / 6 % 5 - 1;
      int column = i % 6 - 2;
      boolean inside = row >= 0 && row < 2 && column >= 0 && column < 2;
      float expected = inside ? x.get((i / 30 * 2 + row) * 2 + column) : frame.get(i % 90);
      assertEquals(expected, shown.get(i));
    }
  }

  @Test
  void mappedScoresAreSumsOfProbabilities() {
    LabelMapping mapping = new LabelMapping(List.of(List.of(0, 3), List.of(1)));
    Tensor z = Tensor.of(Shape.of(1, 4), 1, 2, 3, 4);
    Tensor y = mapping.apply(Var.constant(z)).value();
    assertEquals(Math.log(Math.exp(1) + Math.exp(4)), y.get(0), 1e-5);
    assertEquals(2, y.get(1), 1e-6);
    assertEquals(List.of(List.of(0, 2), List.of(1, 3)), LabelMapping.grouped(2, 2).groups());
  }

  @Test
  void whatDoesNotFitIsRefused(Rng rng) {
    assertThrows(
        IllegalArgumentException.class, () -> new LabelMapping(List.of(List.of(0), List.of(0, 1))));
    assertThrows(
        ShapeException.class, () -> new Program(Tensor.zeros(INNER), OUTER, LabelMapping.first(2)));
    Dataset task = task(4, rng);
    assertThrows(
        IllegalArgumentException.class,
        () -> Reprogramming.of(OUTER, LabelMapping.first(1)).fit(host(), task, rng, Progress.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Reprogramming.of(OUTER, LabelMapping.grouped(2, 3))
                .fit(host(), task, rng, Progress.NONE));
    Classifier boundless = Classifier.of(x -> host().logits(x), Bounds.NONE);
    assertThrows(
        AttackException.class,
        () ->
            Reprogramming.of(OUTER, LabelMapping.first(2))
                .fit(boundless, task, rng, Progress.NONE));
  }
}
