package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.AdversarialTraining;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.StepSize;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Schedule;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.layer.Layer;
import java.util.List;

/** How long a tour may take. */
public enum Budget {
  /** Some twenty seconds on two cores: fewer epochs, images and radii. */
  SMALL,
  /** A minute or so on two cores. */
  STANDARD;

  private static final double SHOWN = 0.05; // in units of the pixels' range, as in the literature
  private static final double GREY_LEVELS = 2 / 255.0; // of the photographs: the tutorial's

  /** What a tour of this length does with this net. */
  public TourSettings settings(long seed, Layer net) {
    return this == SMALL ? small(seed, net) : standard(seed, net);
  }

  /** What it does with the photographs, if there are any. */
  public ImagenetSettings imagenet(long seed) {
    Pgd pgd = Pgd.in(Ball.linf(GREY_LEVELS));
    boolean small = this == SMALL;
    return new ImagenetSettings(
        seed,
        pgd.steps(small ? 20 : 60),
        pgd.steps(small ? 10 : 20),
        3,
        ImagenetSettings.optimizers(),
        DeepFool.in(Norm.LINF).candidates(small ? 3 : 10),
        pgd.steps(small ? 10 : 20).stepSize(StepSize.Reach.ample()).untilSuccess(true),
        small
            ? List.of(5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2e-3)
            : List.of(2.5e-5, 5e-5, 1e-4, 1.5e-4, 2.5e-4, 5e-4, 7.5e-4, 1e-3, 1.5e-3, 2e-3));
  }

  private static TourSettings standard(long seed, Layer net) {
    return new TourSettings(
        seed,
        net,
        trainer(Objective.crossEntropy(), seed).epochs(8),
        trainer(AdversarialTraining.against(inner(3)), seed).epochs(10),
        attack(),
        attack().steps(60).stepSize(new StepSize.Relative(0.05)).surrogate(Surrogate.margin()),
        List.of(0.01, 0.02, 0.03, 0.05, 0.075, 0.1),
        6000,
        1000,
        6,
        new TargetSearch.Settings(8, 0.9, List.of(0.05, 0.075, 0.1)));
  }

  private static TourSettings small(long seed, Layer net) {
    return new TourSettings(
        seed,
        net,
        trainer(Objective.crossEntropy(), seed).epochs(4),
        trainer(AdversarialTraining.against(inner(2)), seed).epochs(3),
        attack(),
        attack().steps(40).stepSize(new StepSize.Relative(0.05)).surrogate(Surrogate.margin()),
        List.of(0.02, 0.05, 0.1),
        6000,
        300,
        4,
        new TargetSearch.Settings(2, 0.8, List.of(0.05, 0.1)));
  }

  private static Trainer trainer(Objective objective, long seed) {
    return Trainer.of(objective, Optimizer.adam(2e-3)).schedule(Schedule.cosine(0.02)).seed(seed);
  }

  /** The attack in the loop of the training: few steps, since it is made for every batch. */
  private static Pgd inner(int steps) {
    return Pgd.in(Ball.linf(SHOWN)).steps(steps).stepSize(StepSize.Reach.ample());
  }

  private static Pgd attack() {
    return Pgd.in(Ball.linf(SHOWN))
        .steps(20)
        .stepSize(new StepSize.Relative(0.1))
        .untilSuccess(true);
  }
}
