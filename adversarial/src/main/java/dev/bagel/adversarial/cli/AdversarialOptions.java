package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.AdversarialTraining;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.StepSize;
import dev.bagel.nn.Objective;
import picocli.CommandLine.Option;

/** What is trained on: the examples, or what PGD makes of them. */
final class AdversarialOptions {
  @Option(
      names = "--adversarial",
      description = "Train on what PGD makes of each batch (Madry et al. 2018).")
  private boolean adversarial;

  @Option(
      names = "--eps",
      paramLabel = "E",
      converter = Fraction.class,
      description = "Radius of its ball in input units, such as 8/255.")
  private Double eps;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      description = "linf, l2, l1 or l0 (default: linf).")
  private Norm norm;

  @Option(names = "--steps", paramLabel = "N", description = "Its steps (default: 10).")
  private Integer steps;

  @Option(
      names = "--step-size",
      paramLabel = "A",
      converter = Fraction.class,
      description = "Their length in input units (default: 2.5 ε / steps).")
  private Double stepSize;

  @Option(
      names = "--clean-weight",
      paramLabel = "W",
      converter = Fraction.class,
      description = "Weight of the unperturbed batch in the loss, 0 to 1 (default: 0).")
  private Double cleanWeight;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      defaultValue = "0",
      converter = Fraction.class,
      description = "Share of the target that all classes have in common (default: 0).")
  private Double smoothing;

  Objective objective() {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new WrongUse("smoothing " + smoothing, "--label-smoothing", "from 0 to below 1");
    }
    if (!adversarial) {
      refuse(eps, "--eps");
      refuse(norm, "--norm");
      refuse(steps, "--steps");
      refuse(stepSize, "--step-size");
      refuse(cleanWeight, "--clean-weight");
      return Objective.crossEntropy((float) (double) smoothing);
    }
    if (smoothing > 0) {
      throw new WrongUse(
          "smoothing in adversarial training", "--label-smoothing", "leave one of them out");
    }
    double weight = cleanWeight == null ? 0 : cleanWeight;
    if (!(weight >= 0 && weight <= 1)) {
      throw new WrongUse("weight " + weight, "--clean-weight", "from 0 to 1");
    }
    return new AdversarialTraining(attack(), weight);
  }

  private Pgd attack() {
    if (eps == null) {
      throw new WrongUse("no radius", "--adversarial", "give one, such as --eps 0.1");
    }
    AttackOptions.checkEps(eps);
    int count = steps == null ? 10 : steps;
    if (count < 1) {
      throw new WrongUse(count + " steps", "--steps", "at least 1");
    }
    if (stepSize != null) {
      AttackOptions.checkStepSize(stepSize);
    }
    Pgd pgd = Pgd.in(new Ball(norm == null ? Norm.LINF : norm, eps)).steps(count);
    return stepSize == null ? pgd.stepSize(StepSize.Reach.ample()) : pgd.stepSize(stepSize);
  }

  private static void refuse(Object value, String option) {
    if (value != null) {
      throw new WrongUse("a setting of adversarial training", option, "add --adversarial");
    }
  }
}
