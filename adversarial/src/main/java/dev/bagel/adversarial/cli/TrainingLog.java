package dev.bagel.adversarial.cli;

import dev.bagel.nn.Callback;
import dev.bagel.nn.Epoch;
import dev.bagel.nn.Model;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** A bar for the steps of a training run, and a line for each epoch. */
final class TrainingLog implements Callback {
  private final Console console;
  private final ProgressBar bar;
  private final int epochs;

  TrainingLog(Console console, ProgressBar bar, int epochs) {
    this.console = console;
    this.bar = bar;
    this.epochs = epochs;
  }

  @Override
  public void step(long done, long total, double loss) {
    bar.at(done, total, String.format(Locale.ROOT, "training, loss %.4f", loss));
  }

  @Override
  public boolean epoch(Epoch e, Supplier<Model> model) {
    bar.clear();
    String validation =
        Double.isNaN(e.validationAccuracy())
            ? ""
            : String.format(
                Locale.ROOT,
                ", validation loss %.4f, accuracy %s",
                e.validationLoss(),
                Text.percent(e.validationAccuracy()));
    console.print(
        String.format(
            Locale.ROOT, "epoch %d of %d: loss %.4f%s", e.number(), epochs, e.loss(), validation));
    return true;
  }

  static Map<String, Object> toMap(Epoch e) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", e.number());
    map.put("loss", e.loss());
    map.put("validation_loss", e.validationLoss());
    map.put("validation_accuracy", e.validationAccuracy());
    map.put("rate", e.rate());
    return map;
  }
}
