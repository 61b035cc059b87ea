package dev.bagel.adversarial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Progress;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A problem that is built for it (after Tsipras et al. 2019, §2.1): one feature is strong and often
 * right, many are weak and together always right. Who uses the weak ones is fragile.
 */
class AdversarialTrainingTest {
  private static final int WEAK = 30;
  private static final double EPSILON = 0.12;
  private static final Pgd ATTACK =
      Pgd.in(Ball.linf(EPSILON)).steps(5).stepSize(new StepSize.Relative(0.5));

  /** Feature 0 is ±0.25 around ½ and right in 9 of 10 cases; the others are ±0.05 with noise. */
  private record Features(int size, Rng rng) implements Dataset {
    @Override
    public String name() {
      return "features";
    }

    @Override
    public Shape example() {
      return Shape.of(1 + WEAK);
    }

    @Override
    public List<String> classNames() {
      return List.of("down", "up");
    }

    @Override
    public int label(int i) {
      return i % 2;
    }

    @Override
    public Batch batch(int... rows) {
      float[] x = new float[rows.length * (1 + WEAK)];
      int[] labels = Arrays.stream(rows).map(this::label).toArray();
      for (int r = 0; r < rows.length; r++) {
        Rng one = rng.at(rows[r]);
        int sign = labels[r] == 1 ? 1 : -1;
        int strong = one.below(0, 10) == 0 ? -sign : sign;
        x[r * (1 + WEAK)] = 0.5f + 0.25f * strong;
        for (int j = 1; j <= WEAK; j++) {
          float v = 0.5f + 0.05f * sign + 0.06f * one.gaussian(j);
          x[r * (1 + WEAK) + j] = Math.min(1, Math.max(0, v));
        }
      }
      return new Batch(Tensor.of(Shape.of(rows.length, 1 + WEAK), x), labels);
    }
  }

  private static final Features TRAIN = new Features(1000, Rng.of(1));
  private static final Features TEST = new Features(400, Rng.of(2));

  private static Model fresh() {
    Layer net = Layer.sequential(Layer.dense(1 + WEAK, 2)); // convex: no luck in it
    return Model.init(net, Shape.of(1 + WEAK), Rng.of(4));
  }

  private static Model trained(Objective objective, int epochs) {
    return Trainer.of(objective, Optimizer.adam(0.01))
        .epochs(epochs)
        .batch(50)
        .seed(9)
        .fit(fresh(), TRAIN)
        .model();
  }

  private static Evaluation.Outcome outcome(Model model) {
    Batch batch = TEST.all();
    return Evaluation.of(
        model,
        batch,
        ATTACK.steps(20),
        Goal.untargeted(batch.labels()),
        Seeds.of(0, batch.size()),
        Progress.NONE);
  }

  @Test
  void hardeningRaisesRobustAccuracy() {
    Evaluation.Outcome plain = outcome(trained(Objective.crossEntropy(), 15));
    Evaluation.Outcome hardened = outcome(trained(AdversarialTraining.against(ATTACK), 15));
    Evaluation.Outcome mixed = outcome(trained(new AdversarialTraining(ATTACK, 0.5), 15));
    String figures =
        "plain %.3f → %.3f, mixed %.3f → %.3f, hardened %.3f → %.3f"
            .formatted(
                plain.cleanAccuracy(),
                plain.robustAccuracy(),
                mixed.cleanAccuracy(),
                mixed.robustAccuracy(),
                hardened.cleanAccuracy(),
                hardened.robustAccuracy());
    assertTrue(hardened.robustAccuracy() > plain.robustAccuracy() + 0.2, figures);
    assertTrue(mixed.robustAccuracy() > plain.robustAccuracy() + 0.1, figures);
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Model serial = trained(AdversarialTraining.against(ATTACK), 1);
      assertNotEquals(fresh().params(), serial.params());
      for (int threads : new int[] {2, 3, 7}) {
        Parallel.threads(threads);
        assertEquals(serial.params(), trained(AdversarialTraining.against(ATTACK), 1).params());
      }
    } finally {
      Parallel.threads(before);
    }
  }

  /** Attacks with the inner attack, and keeps what it saw and made. */
  private record Watched(AdversarialTraining inner, List<Tensor> seen) implements Objective {
    @Override
    public Tensor craft(Classifier frozen, Batch batch, Rng rng) {
      Tensor crafted = inner.craft(frozen, batch, rng);
      seen.add(frozen.scores(batch.x()));
      seen.add(crafted);
      return crafted;
    }

    @Override
    public Var loss(UnaryOperator<Var> f, Var x, Var crafted, Var labels) {
      return inner.loss(f, x, crafted, labels);
    }
  }

  /**
   * A plan is made at the first step and replayed at the second, when the weights have changed:
   * what it crafts then is what a new model of those weights would craft.
   */
  @Test
  void craftingSeesTheWeightsOfNow() {
    AdversarialTraining inner =
        AdversarialTraining.against(ATTACK.start(Start.INPUT)); // nothing random to repeat
    Features fifty = new Features(50, Rng.of(3));
    List<Tensor> seen = new ArrayList<>();
    Trainer two = Trainer.of(new Watched(inner, seen), Optimizer.sgd(0.5)).batch(50).seed(1);
    two.epochs(2).fit(fresh(), fifty);
    Model afterOne = two.epochs(1).fit(fresh(), fifty).model();
    assertNotEquals(seen.get(0), seen.get(2));
    assertTrue(isRowOf(afterOne, fifty, seen.get(2), seen.get(3)));
  }

  /** Finds the batch's order by its scores, and crafts the same with the finished model. */
  private static boolean isRowOf(Model model, Dataset data, Tensor scores, Tensor crafted) {
    Batch all = data.all();
    Tensor own = model.scores(all.x());
    int matched = 0;
    Tensor expected =
        ATTACK
            .start(Start.INPUT)
            .perturb(model, all.x(), Goal.untargeted(all.labels()), Seeds.of(0, 50));
    for (int r = 0; r < 50; r++) {
      for (int i = 0; i < 50; i++) {
        boolean same = close(own.slice(i, i + 1), scores.slice(r, r + 1), 1e-5);
        if (same && close(expected.slice(i, i + 1), crafted.slice(r, r + 1), 1e-4)) {
          matched++;
          break;
        }
      }
    }
    return matched == 50;
  }

  private static boolean close(Tensor a, Tensor b, double tolerance) {
    return a.sub(b).abs().maxTo(Shape.of()).item() <= tolerance;
  }

  @Test
  void aWeightThatIsNoShareIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new AdversarialTraining(ATTACK, 1.5));
    assertThrows(IllegalArgumentException.class, () -> new AdversarialTraining(ATTACK, Double.NaN));
  }
}
