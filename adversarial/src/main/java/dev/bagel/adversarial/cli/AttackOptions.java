package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Start;
import dev.bagel.adversarial.StepSize;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Which attack, and how strong. */
final class AttackOptions {
  private static final int MOST_STEPS = 1_000_000;
  private static final double ENOUGH = 0.999; // of the radius, for rounding

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      defaultValue = "pgd",
      description = "noise, fgsm, fgm, bim, pgd or mifgsm; 'help' lists them (default: pgd).")
  private String name;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      description = "linf, l2, l1 or l0 (default: linf; of fgm: l2).")
  private Norm norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      converter = Fraction.class,
      description = "Radii of the ball in input units, such as 8/255 or 0.1,0.2; of l0, elements.")
  private List<Double> eps;

  @Option(names = "--steps", paramLabel = "N", description = "Steps of bim, pgd and mifgsm.")
  private Integer steps;

  @Option(
      names = "--step-size",
      paramLabel = "A",
      converter = Fraction.class,
      description = "Length of a step in input units (default: a share of ε, see --attack help).")
  private Double stepSize;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      defaultValue = "1",
      description = "Random starts, each on what survived the last (default: ${DEFAULT-VALUE}).")
  private int restarts;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "ce",
      description = "What is climbed: ce, margin or dlr (default: ${DEFAULT-VALUE}).")
  private LossName loss;

  @Option(
      names = "--early-stop",
      description = "Leave an example alone as soon as it is misclassified: quicker, as strong.")
  private boolean earlyStop;

  boolean isHelp() {
    return name.equals("help");
  }

  AttackName attack() {
    return AttackName.named(name);
  }

  Norm norm() {
    return norm == null ? attack().norm() : norm;
  }

  List<Double> eps() {
    if (eps == null || eps.isEmpty()) {
      throw new WrongUse("no radius", "--eps", "give one or more, such as --eps 8/255");
    }
    for (double e : eps) {
      checkEps(e);
      if (norm() == Norm.L0 && e != Math.rint(e)) {
        throw new WrongUse("ε = " + e, "--eps", "in l0 it is a whole number of elements");
      }
    }
    return eps;
  }

  /** Refuses what is not a radius. */
  static void checkEps(double e) {
    if (!(e >= 0) || !Double.isFinite((float) e)) {
      throw new WrongUse("ε = " + e, "--eps", "a radius is a number from 0 on, in input units");
    }
  }

  /** Refuses what is not a step. */
  static void checkStepSize(double alpha) {
    if (!((float) alpha > 0 && alpha < 1e6)) {
      throw new WrongUse(
          "step size " + alpha, "--step-size", "it must be positive, and below a million");
    }
  }

  /** Warns of many steps that go nowhere, because the settings of one paper meet another's. */
  void noteShortReach(BallAttack attack, Console console) {
    BallAttack one = attack instanceof BallAttack.Repeated r ? r.attack() : attack;
    if (!(one instanceof Pgd pgd)) {
      return;
    }
    for (double e : new TreeSet<>(eps())) {
      double reach = pgd.steps() * pgd.stepSize().in(e);
      if (pgd.steps() > 0 && norm() != Norm.L0 && reach < e * ENOUGH) {
        console.note(
            pgd.steps()
                + (pgd.steps() == 1 ? " step of " : " steps of ")
                + Text.number(pgd.stepSize().in(e))
                + " do not reach ε = "
                + Text.number(e)
                + ": a weak attack; give a larger --step-size");
      }
    }
  }

  /** The attack in a ball of the first radius, for a model of so many classes. */
  BallAttack build(int classes, boolean targeted) {
    AttackName kind = attack();
    Pgd pgd =
        kind.in(new Ball(norm(), eps().get(0))).surrogate(loss.surrogate()).untilSuccess(earlyStop);
    if (steps != null) {
      refuseUnless(kind.isIterative(), "--steps", kind, "bim, pgd and mifgsm take steps");
      if (steps < 1 || steps > MOST_STEPS) {
        throw new WrongUse(steps + " steps", "--steps", "from 1 to " + MOST_STEPS);
      }
      if (steps != pgd.steps()) { // another number of steps needs other steps
        pgd = pgd.stepSize(new StepSize.Relative(AdversarialOptions.REACH / steps));
      }
      pgd = pgd.steps(steps);
    }
    if (stepSize != null) {
      refuseUnless(pgd.steps() > 0, "--step-size", kind, "leave it out");
      checkStepSize(stepSize);
      pgd = pgd.stepSize(stepSize);
    }
    if (restarts < 1) {
      throw new WrongUse(restarts + " restarts", "--restarts", "1 is one run, without repetition");
    }
    refuseUnless(
        restarts == 1 || pgd.start() == Start.RANDOM,
        "--restarts",
        kind,
        "it starts at the input, so every run is the same: use pgd");
    int needed = targeted ? 4 : 3;
    if (loss == LossName.DLR && classes < needed) {
      throw new WrongUse(
          "the DLR loss for " + classes + " classes",
          "--loss dlr",
          "it needs " + needed + ": use margin");
    }
    return pgd.restarts(restarts);
  }

  private static void refuseUnless(boolean fine, String option, AttackName kind, String fix) {
    if (!fine) {
      throw new WrongUse("no use for it in " + kind.label(), option, fix);
    }
  }
}
