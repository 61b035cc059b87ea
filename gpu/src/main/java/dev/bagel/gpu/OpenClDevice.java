package dev.bagel.gpu;

import com.aparapi.device.OpenCLDevice;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Program;
import java.util.Locale;
import java.util.Map;

/** An OpenCL device. */
final class OpenClDevice implements Device {
  private static final int GROUPS_PER_UNIT = 4; // two are there at once, if registers are scarce

  private final OpenCLDevice device;

  OpenClDevice(OpenCLDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return device.getName();
  }

  @Override
  public boolean isAccelerator() {
    return device.getType() != com.aparapi.device.Device.TYPE.CPU;
  }

  @Override
  public Resident load(Program program) {
    checkSignals(device.getOpenCLPlatform().getName(), System.getenv());
    if (device.getMaxWorkGroupSize() < Machine.GROUP) {
      throw new DeviceException(
          this + " runs groups of " + device.getMaxWorkGroupSize() + ": 256 are needed");
    }
    return new Resident(program, device, GROUPS_PER_UNIT * device.getMaxComputeUnits());
  }

  /**
   * Refuses PoCL where it would take over the signal by which the JVM notices that a whole number
   * is divided by zero: from then on, Java code would go on with a wrong number.
   */
  static void checkSignals(String platform, Map<String, String> environment) {
    boolean isTaken =
        platform.contains("Portable Computing Language")
            && !"0".equals(environment.get("POCL_SIGFPE_HANDLER"))
            && !environment.getOrDefault("LD_PRELOAD", "").contains("libjsig");
    if (isTaken) {
      throw new DeviceException(
          "PoCL would break division by zero in this JVM: start it with the environment variable"
              + " POCL_SIGFPE_HANDLER=0");
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %s, %d units, %.1f GiB",
        name(),
        device.getType(),
        device.getMaxComputeUnits(),
        device.getGlobalMemSize() / 0x1p30);
  }
}
