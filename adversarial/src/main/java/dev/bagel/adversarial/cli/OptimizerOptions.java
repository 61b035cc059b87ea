package dev.bagel.adversarial.cli;

import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Schedule;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How the weights move. */
final class OptimizerOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      description = "sgd, adam, adamw, rmsprop, adagrad or ftrl (default: ${DEFAULT-VALUE}).")
  private OptimizerName name;

  @Option(
      names = "--rate",
      paramLabel = "R",
      converter = Fraction.class,
      description = "Learning rate (default: sgd, ftrl 0.05; adagrad 0.01; others 0.001).")
  private Double rate;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      converter = Fraction.class,
      description = "Momentum of sgd (default: 0.9).")
  private Double momentum;

  @Option(
      names = "--decay",
      paramLabel = "D",
      converter = Fraction.class,
      description = "Weight decay of sgd, adam (default: 0) and adamw (default: 0.01).")
  private Double decay;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "constant",
      description =
          "constant, cosine (to 0), cyclic (peak at 0.4 of the training), or steps (a tenth at 0.5"
              + " and at 0.75 of it; default: ${DEFAULT-VALUE}).")
  private ScheduleName schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = Fraction.class,
      description = "Share of the training in which the rate rises from 0 (default: 0).")
  private Double warmUp;

  Optimizer optimizer() {
    return name.build(
        positive(rate, name.rate),
        share(momentum, name.momentum, "--momentum"),
        share(decay, name.decay, "--decay"));
  }

  Schedule schedule() {
    if (!(warmUp >= 0 && warmUp < 1)) {
      throw new WrongUse("warm-up of " + warmUp, "--warm-up", "a share from 0 to below 1");
    }
    return warmUp == 0 ? schedule.schedule() : schedule.schedule().warmUp(warmUp);
  }

  private static double positive(Double value, double otherwise) {
    if (value != null && !(value > 0)) {
      throw new WrongUse("learning rate " + value, "--rate", "it must be positive");
    }
    return value == null ? otherwise : value;
  }

  private double share(Double value, double otherwise, String option) {
    if (value == null) {
      return otherwise;
    }
    if (Double.isNaN(otherwise)) {
      String label = name.name().toLowerCase(Locale.ROOT);
      throw new WrongUse("no use for it in " + label, option, "leave it out");
    }
    if (!(value >= 0 && value < 1)) {
      throw new WrongUse("value " + value, option, "from 0 to below 1");
    }
    return value;
  }
}
