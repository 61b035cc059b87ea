package dev.bagel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.io.Safetensors;
import dev.bagel.nn.layer.Dropout;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training loop: its bits, its stops, its resumption. */
class TrainerTest {
  private static final Dataset TRAIN = FashionMnist.embedded(Split.TRAIN).slice(0, 500);
  private static final Dataset TEST = FashionMnist.embedded(Split.TEST).slice(0, 200);

  /** A little of everything: batch norm, dropout, pooling, convolution, dense. */
  private static Model net() {
    Layer layers =
        Layer.sequential(
            Layer.conv(1, 8, 5, 2, 2).withoutBias(),
            Layer.batchNorm(8),
            Layer.relu(),
            Layer.maxPool(2),
            Layer.flatten(),
            new Dropout(0.2f),
            Layer.dense(8 * 49, 10));
    return Model.init(layers, Shape.of(1, 28, 28), Rng.of(3));
  }

  private static Trainer trainer() {
    return Trainer.of(Objective.crossEntropy(), Optimizer.adam(3e-3)).epochs(2).batch(48).seed(5);
  }

  @Test
  void theWeightsAfterTrainingAreTheSameBitsForAnyNumberOfThreads() {
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      Trainer.Fit one = trainer().fit(net(), TRAIN, TEST);
      for (int threads : new int[] {2, 3, 7, 1}) {
        Parallel.threads(threads);
        Trainer.Fit again = trainer().fit(net(), TRAIN, TEST);
        assertEquals(one.model().params(), again.model().params(), threads + " threads");
        assertEquals(one.history(), again.history());
      }
    } finally {
      Parallel.threads(before);
    }
  }

  @Test
  void trainingLearns() {
    Trainer.Fit fit = trainer().epochs(4).fit(net(), TRAIN, TEST);
    assertTrue(fit.history().get(3).loss() < 0.8 * fit.history().get(0).loss());
    assertTrue(fit.history().get(3).validationAccuracy() > 0.5);
    double accuracy = Scores.of(fit.model(), TEST, Progress.NONE).accuracy();
    assertEquals(fit.history().get(3).validationAccuracy(), accuracy);
  }

  @Test
  void anotherSeedIsAnotherRun() {
    assertFalse(
        trainer()
            .fit(net(), TRAIN)
            .model()
            .params()
            .equals(trainer().seed(6).fit(net(), TRAIN).model().params()));
  }

  /** Stops a run after some steps, as a crash would. */
  private static final class Crash implements Callback {
    private final long at;

    Crash(long at) {
      this.at = at;
    }

    @Override
    public void step(long done, long total, double loss) {
      if (done == at) {
        throw new CancellationException("crash");
      }
    }
  }

  @Test
  void aResumedRunEndsWithTheBitsOfAnUnbrokenOne(@TempDir Path folder) throws IOException {
    Trainer t = trainer().stopping(Stopping.onAccuracy(5));
    Trainer.Fit unbroken = t.fit(net(), TRAIN, TEST);
    for (long crash : new long[] {1, 7, 11, 12, 17, 21}) {
      Checkpoint checkpoint = new Checkpoint(folder.resolve("run" + crash + ".safetensors"), 3);
      assertThrows(
          CancellationException.class,
          () -> t.fit(net(), TRAIN, TEST, checkpoint, new Crash(crash)));
      Trainer.Fit resumed = t.fit(net(), TRAIN, TEST, checkpoint);
      assertEquals(unbroken.model().params(), resumed.model().params(), "crash at " + crash);
      assertEquals(unbroken.history(), resumed.history());
    }
  }

  @Test
  void aFinishedRunIsNotTrainedAgain(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder.resolve("run.safetensors"), 1000);
    Trainer.Fit first = trainer().fit(net(), TRAIN, TEST, checkpoint);
    Trainer.Fit second = trainer().fit(net(), TRAIN, TEST, checkpoint, new Crash(1));
    assertEquals(first.model().params(), second.model().params());
  }

  @Test
  void aCheckpointOfAnotherRunIsRefused(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder.resolve("run.safetensors"), 1000);
    trainer().epochs(1).fit(net(), TRAIN, TEST, checkpoint);
    FormatException e =
        assertThrows(
            FormatException.class, () -> trainer().seed(9).fit(net(), TRAIN, TEST, checkpoint));
    assertTrue(e.getMessage().contains("another run"), e.getMessage());
    assertTrue(Files.exists(checkpoint.file()));
  }

  @Test
  void aCheckpointOfAnotherStartIsRefused(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder.resolve("run.safetensors"), 1000);
    trainer().epochs(1).fit(net(), TRAIN, TEST, checkpoint);
    Model other = net().with(net().params().map(t -> t.mul(2)));
    assertThrows(
        FormatException.class, () -> trainer().epochs(1).fit(other, TRAIN, TEST, checkpoint));
  }

  @Test
  void aCheckpointOfAnotherNetOfTheSameShapesIsRefused(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder.resolve("run.safetensors"), 1000);
    trainer().epochs(1).fit(net(), TRAIN, TEST, checkpoint);
    Model other = net().with(new Preprocessing(List.of(0.5f), List.of(0.2f)));
    assertThrows(
        FormatException.class, () -> trainer().epochs(1).fit(other, TRAIN, TEST, checkpoint));
  }

  @Test
  void aDamagedCheckpointIsRefusedInOneLine(@TempDir Path folder) throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder.resolve("run.safetensors"), 1000);
    trainer().epochs(1).fit(net(), TRAIN, TEST, checkpoint);
    Safetensors whole = Safetensors.read(checkpoint.file());
    for (String key : List.of("steps", "loss", "best", "history")) {
      Map<String, String> metadata = new LinkedHashMap<>(whole.metadata());
      metadata.put("bagel.run." + key, "x");
      new Safetensors(whole.tensors(), metadata).write(checkpoint.file());
      FormatException e =
          assertThrows(
              FormatException.class, () -> trainer().epochs(1).fit(net(), TRAIN, TEST, checkpoint));
      assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    }
  }

  @Test
  void stoppingReturnsTheBestEpoch() {
    List<Tensor> weights = new ArrayList<>();
    Callback keep =
        new Callback() {
          @Override
          public boolean epoch(Epoch e, Supplier<Model> model) {
            weights.add(model.get().params().weights().get("6.weight"));
            return true;
          }
        };
    Trainer t =
        Trainer.of(Objective.crossEntropy(), Optimizer.sgd(0.5))
            .epochs(8)
            .batch(50)
            .stopping(Stopping.onLoss(1));
    Trainer.Fit fit = t.fit(net(), TRAIN, TEST, keep);
    int best = 0;
    for (Epoch e : fit.history()) {
      best = e.validationLoss() < fit.history().get(best).validationLoss() ? e.number() - 1 : best;
    }
    assertEquals(weights.get(best), fit.model().params().weights().get("6.weight"));
    assertTrue(fit.history().size() == 8 || fit.history().size() == best + 3);
  }

  @Test
  void aCallbackCanStopTheRun() {
    Callback one =
        new Callback() {
          @Override
          public boolean epoch(Epoch e, Supplier<Model> model) {
            return false;
          }
        };
    assertEquals(1, trainer().fit(net(), TRAIN, one).history().size());
  }

  @Test
  void aLossThatIsNotANumberStopsTheRunAndSaysWhere() {
    Trainer wild = Trainer.of(Objective.crossEntropy(), Optimizer.sgd(1e38)).batch(50);
    TrainingException e = assertThrows(TrainingException.class, () -> wild.fit(net(), TRAIN));
    assertTrue(e.getMessage().matches("the loss is .* at step \\d+ .*lower the learning rate.*"));
  }

  @Test
  void aLabelThatTheModelDoesNotHaveIsRefused() {
    Model two =
        Model.init(
            Layer.sequential(Layer.flatten(), Layer.dense(784, 2)), Shape.of(1, 28, 28), Rng.of(1));
    TrainingException e = assertThrows(TrainingException.class, () -> trainer().fit(two, TRAIN));
    assertTrue(e.getMessage().contains("classes 0 … 1"), e.getMessage());
  }

  @Test
  void weightsThatTheLastStepBrokeAreNotReturned() {
    Dataset one = TRAIN.slice(0, 50);
    Objective steep =
        (f, x, crafted, labels) -> Loss.crossEntropy(f.apply(x), labels).mean().mul(1e6f);
    Trainer wild = Trainer.of(steep, Optimizer.sgd(3e38)).batch(50).epochs(1);
    assertThrows(TrainingException.class, () -> wild.fit(net(), one));
  }

  @Test
  void ftrlSurvivesAWarmUp() {
    Trainer t =
        Trainer.of(Objective.crossEntropy(), Optimizer.ftrl(0.05))
            .epochs(1)
            .batch(50)
            .schedule(Schedule.constant().warmUp(0.5));
    assertTrue(Double.isFinite(t.fit(net(), TRAIN).history().get(0).loss()));
  }

  @Test
  void aSecondPassOfOneLossGoesOnFromTheStatisticsOfTheFirst() {
    Objective twice =
        (f, x, crafted, labels) ->
            Loss.crossEntropy(f.apply(x), labels)
                .mean()
                .add(Loss.crossEntropy(f.apply(x), labels).mean());
    Training once = new Training(net(), Objective.crossEntropy(), Optimizer.sgd(1e-6));
    Training both = new Training(net(), twice, Optimizer.sgd(1e-6));
    var batch = TRAIN.batch(1, 2, 3, 4);
    once.step(batch, batch.x(), Rng.of(1), 1e-6, 1);
    both.step(batch, batch.x(), Rng.of(1), 1e-6, 1);
    float first = once.model().params().buffers().get("1.running_mean").get(0);
    float second = both.model().params().buffers().get("1.running_mean").get(0);
    assertEquals(1.9f * first, second, 1e-5 * Math.abs(first)); // 0.9 · 0.1m + 0.1m
  }

  @Test
  void anInterruptedThreadStopsBetweenSteps() {
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> trainer().fit(net(), TRAIN));
    assertTrue(Thread.interrupted());
  }

  @Test
  void theFrozenNetworkThatAnObjectiveSeesIsTheModelOfThatMoment() {
    Training training = new Training(net(), Objective.crossEntropy(), Optimizer.adam(1e-2));
    var batch = TRAIN.batch(1, 2, 3, 4);
    for (int s = 1; s <= 3; s++) {
      training.step(batch, batch.x(), Rng.of(s), 1e-2, s);
      assertEquals(training.model().scores(batch.x()), training.scores(batch.x()));
    }
  }
}
