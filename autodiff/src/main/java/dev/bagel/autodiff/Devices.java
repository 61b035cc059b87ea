package dev.bagel.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The devices of this machine, by the names that people give them. */
public final class Devices {
  private Devices() {}

  /**
   * {@code cpu}: the cores; {@code gpu}: the first accelerator; else the first device whose name
   * contains {@code name}, in any case of letters.
   *
   * @throws DeviceException if there is no such device, saying which ones there are
   */
  public static Device named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (wanted.equals(Device.CPU.name())) {
      return Device.CPU;
    }
    List<Device> all = all();
    return all.stream()
        .filter(
            d ->
                wanted.equals("gpu")
                    ? d.isAccelerator()
                    : d.name().toLowerCase(Locale.ROOT).contains(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new DeviceException(
                    (wanted.equals("gpu") ? "no accelerator" : "no device '" + name + "'")
                        + " here; there are: cpu, "
                        + all.stream().map(Device::name).collect(Collectors.joining(", "))));
  }

  private static List<Device> all() {
    List<Device> all = new ArrayList<>();
    for (DeviceProvider p : providers()) {
      all.addAll(p.devices());
    }
    return all;
  }

  private static List<DeviceProvider> providers() {
    List<DeviceProvider> all = new ArrayList<>();
    ServiceLoader.load(DeviceProvider.class).forEach(all::add);
    if (all.isEmpty()) {
      throw new DeviceException(
          "nothing but cpu in this program: bagel-gpu is not on the class path (beside bagel.jar,"
              + " bagel-gpu.jar is found by itself)");
    }
    return all;
  }

  /** Every device, and why there are no others, in lines for people. */
  public static List<String> report() {
    try {
      return providers().stream().flatMap(p -> p.report().stream()).toList();
    } catch (DeviceException e) {
      return List.of(e.getMessage());
    }
  }
}
