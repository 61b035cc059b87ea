package dev.bagel.adversarial.cli;

import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What is done to an input before the first layer; part of the model, so ε is not affected. */
final class PreprocessingOptions {
  @Option(
      names = "--mean",
      paramLabel = "M",
      split = ",",
      converter = Fraction.class,
      description = "Subtract this from each channel, one number or one per channel: a,b,c.")
  private List<Double> mean;

  @Option(
      names = "--std",
      paramLabel = "S",
      split = ",",
      converter = Fraction.class,
      description = "Then divide by this. Both replace what the model's file says.")
  private List<Double> std;

  @Option(
      names = "--bgr",
      description = "The model wants the channels in reverse order; --mean and --std are in its.")
  private boolean reversed;

  /** The words that gave them. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (mean != null && std != null) {
      words.add("--mean=" + joined(mean));
      words.add("--std=" + joined(std));
    }
    if (reversed) {
      words.add("--bgr");
    }
    return words;
  }

  private static String joined(List<Double> values) {
    return String.join(",", values.stream().map(String::valueOf).toList());
  }

  /** The model with the preprocessing that was asked for, or as it is. */
  Model apply(Model model) {
    Preprocessing own = model.preprocessing();
    if (mean == null && std == null) {
      return reversed ? model.with(new Preprocessing(true, own.mean(), own.std())) : model;
    }
    if (mean == null || std == null) {
      String missing = mean == null ? "--mean" : "--std";
      throw new WrongUse("no " + missing, "--mean and --std", "give both");
    }
    int channels = model.example().rank() == 0 ? 1 : model.example().dim(0);
    check(mean, "--mean", channels);
    check(std, "--std", channels);
    if (mean.size() != std.size()) {
      throw new WrongUse(
          mean.size() + " means and " + std.size() + " deviations",
          "--mean and --std",
          "give as many of each");
    }
    for (double m : mean) {
      if (!Float.isFinite((float) m)) {
        throw new WrongUse("mean " + m, "--mean", "it must be a number");
      }
    }
    for (double s : std) {
      if (!((float) s > 0) || !Float.isFinite((float) s)) {
        throw new WrongUse("deviation " + s, "--std", "it must be positive");
      }
    }
    return model.with(new Preprocessing(reversed || own.reversed(), floats(mean), floats(std)));
  }

  private static void check(List<Double> values, String option, int channels) {
    if (values.size() != 1 && values.size() != channels) {
      throw new WrongUse(
          values.size() + " numbers for " + channels + " channels",
          option,
          "give one, or one per channel");
    }
  }

  private static List<Float> floats(List<Double> values) {
    return values.stream().map(Double::floatValue).toList();
  }
}
