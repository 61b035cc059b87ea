package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Pgd;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Devices;
import dev.bagel.nn.Model;
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

  /** Says so where a device is asked again and again, which is not what makes it fast. */
  static void noteSteps(Model model, Attack attack, String name, Console console) {
    Attack one = attack instanceof BallAttack.Repeated r ? r.attack() : attack;
    boolean isWhole = one instanceof Pgd pgd && pgd.isOneRun();
    Device device = model.plans().device();
    if (device != Device.CPU && !isWhole) {
      console.note(
          name
              + " comes back between its steps: scores and gradients are computed on "
              + device.name()
              + ", what it makes of them here; pgd without --early-stop, and its kin, run there as"
              + " a whole");
    }
  }
}
