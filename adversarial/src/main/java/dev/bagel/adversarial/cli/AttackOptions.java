package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.GradientSource;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Start;
import dev.bagel.adversarial.StepSize;
import dev.bagel.adversarial.Surrogate;
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
      description = "fgsm, pgd or any other that 'bagel attacks' lists (default: pgd).")
  private String name;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      description = "linf, l2, l1 or l0 (default: the first that the attack has).")
  private Norm norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      converter = Fraction.class,
      description = "Radii of the ball in input units, such as 8/255 or 0.1,0.2; of l0, elements.")
  private List<Double> eps;

  @Option(names = "--steps", paramLabel = "N", description = "Steps of pgd and its kin.")
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
      description = "What pgd and its kin climb: ce, margin, dlr or kl (default: as published).")
  private LossName loss;

  @Option(
      names = "--early-stop",
      description = "Leave an example alone as soon as it is misclassified: quicker, as strong.")
  private boolean earlyStop;

  boolean isHelp() {
    return name.equals("help");
  }

  AttackEntry attack() {
    return Registry.named(name);
  }

  /** The norm; null if the attack knows none. */
  Norm norm() {
    AttackEntry attack = attack();
    refuseUnless(norm == null || attack.hasRadius(), "--norm", attack, "leave it out");
    if (norm != null && !attack.norms().contains(norm)) {
      throw new WrongUse(
          attack.name() + " in " + norm.label(), "--norm", "it works in: " + attack.normLabels());
    }
    return norm != null || attack.norms().isEmpty() ? norm : attack.norms().get(0);
  }

  /** The radii; none if the attack knows none. */
  List<Double> eps() {
    if (!attack().hasRadius()) {
      refuseUnless(eps == null || eps.isEmpty(), "--eps", attack(), "leave it out");
      return List.of();
    }
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
  void noteShortReach(Attack attack, Console console) {
    Attack one = attack instanceof BallAttack.Repeated r ? r.attack() : attack;
    if (!(one instanceof Pgd pgd)) {
      return;
    }
    for (double e : new TreeSet<>(eps())) {
      double reach = pgd.steps() * pgd.stepSize().in(e, pgd.steps());
      if (pgd.steps() > 0 && norm() != Norm.L0 && reach < e * ENOUGH) {
        console.note(
            pgd.steps()
                + (pgd.steps() == 1 ? " step of " : " steps of ")
                + Text.number(pgd.stepSize().in(e, pgd.steps()))
                + " do not reach ε = "
                + Text.number(e)
                + ": a weak attack; give a larger --step-size");
      }
    }
  }

  /** The attack, in the ball of the largest radius if it knows radii. */
  Attack build(int classes, boolean targeted) {
    AttackEntry entry = attack();
    refuseUnless(!targeted || entry.targeted(), "--targeted", entry, "it cannot aim at a class");
    Attack attack = entry.make(norm(), eps().stream().mapToDouble(e -> e).max().orElse(0));
    if (attack instanceof Pgd pgd) {
      attack = set(pgd, entry, classes, targeted);
    } else {
      refuseUnless(steps == null, "--steps", entry, "leave it out");
      refuseUnless(stepSize == null, "--step-size", entry, "leave it out");
      refuseUnless(loss == null, "--loss", entry, "leave it out");
      refuseUnless(!earlyStop, "--early-stop", entry, "leave it out");
    }
    if (restarts < 1) {
      throw new WrongUse(restarts + " restarts", "--restarts", "1 is one run, without repetition");
    }
    return attack.restarts(restarts);
  }

  private Pgd set(Pgd published, AttackEntry entry, int classes, boolean targeted) {
    refuseUnless(!earlyStop || published.steps() > 0, "--early-stop", entry, "leave it out");
    refuseUnless(loss == null || published.steps() > 0, "--loss", entry, "leave it out");
    Pgd pgd = published.untilSuccess(earlyStop);
    if (loss != null) {
      boolean flat = loss == LossName.KL && pgd.start() == Start.INPUT;
      refuseUnless(!flat, "--loss kl", entry, "the divergence is flat at the input: take pgd");
      pgd = pgd.surrogate(loss.surrogate());
    }
    if (steps != null) {
      refuseUnless(pgd.steps() > 1, "--steps", entry, "bim, pgd and their kin take steps");
      if (steps < 1 || steps > MOST_STEPS) {
        throw new WrongUse(steps + " steps", "--steps", "from 1 to " + MOST_STEPS);
      }
      if (steps != pgd.steps()) { // another number of steps needs other steps
        pgd = pgd.stepSize(StepSize.Reach.ample());
      }
      pgd = pgd.steps(steps);
    }
    if (stepSize != null) {
      refuseUnless(pgd.steps() > 0, "--step-size", entry, "leave it out");
      checkStepSize(stepSize);
      pgd = pgd.stepSize(stepSize);
    }
    refuseUnless(
        restarts <= 1
            || pgd.start() == Start.RANDOM
            || !(pgd.gradient() instanceof GradientSource.Exact),
        "--restarts",
        entry,
        "it starts at the input, so every run is the same: use pgd");
    checkClasses(pgd, classes, targeted);
    return pgd;
  }

  private static void checkClasses(Pgd pgd, int classes, boolean targeted) {
    int needed = targeted ? 4 : 3;
    if (pgd.surrogate().equals(Surrogate.dlr()) && classes < needed) {
      throw new WrongUse(
          "the DLR loss for " + classes + " classes",
          "--loss dlr",
          "it needs " + needed + ": use margin");
    }
    if (pgd.surrogate().equals(Surrogate.kl()) && targeted) {
      throw new WrongUse("a target for the divergence", "--loss kl", "it leads away only: use ce");
    }
  }

  private static void refuseUnless(boolean fine, String option, AttackEntry entry, String fix) {
    if (!fine) {
      throw new WrongUse("no use for it in " + entry.name(), option, fix);
    }
  }
}
