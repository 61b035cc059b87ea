package dev.bagel.adversarial.cli;

import dev.bagel.autodiff.Devices;
import picocli.CommandLine.Option;

/** Where the model runs. */
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description =
          "Where the model runs: cpu, gpu, or a part of a name that 'bagel info' shows (default:"
              + " ${DEFAULT-VALUE}).")
  private String name;

  String name() {
    return name;
  }

  /** The model on the device that was asked for. */
  ModelOptions.Named put(ModelOptions.Named model) {
    return new ModelOptions.Named(
        model.model().on(Devices.named(name)), model.classNames(), model.source());
  }
}
