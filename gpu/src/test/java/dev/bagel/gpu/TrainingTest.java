package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import org.junit.jupiter.api.Test;

/** A model on a device is trained there. */
class TrainingTest {
  @Test
  void aTrainerComesToTheSameWeightsInALaunchForEachStep() {
    OpenClDevice real = TestDevice.orSkip();
    Dataset some = FashionMnist.embedded(Split.TRAIN).slice(0, 64);
    Model fresh = Model.init(Zoo.tutorialCnn(), Shape.of(1, 28, 28), Rng.of(1));
    Trainer trainer =
        Trainer.of(Objective.crossEntropy(), Optimizer.sgd(0.05)).epochs(2).batch(16).seed(2);
    Params here = trainer.fit(fresh, some, some.slice(0, 16)).model().params();
    try (Watched device = new Watched(real)) {
      Params there = trainer.fit(fresh.on(device), some, some.slice(0, 16)).model().params();
      assertTrue(device.launches() >= 8, device.launches() + " launches for 8 steps");
      here.all()
          .forEach(
              (name, w) -> assertEquals(0, Victim.error(w, there.all().get(name)), 1e-3, name));
    }
  }
}
