package dev.bagel.autodiff;

import java.util.List;

/** Knows devices of one kind; found as a service, in modules that need not be there. */
public interface DeviceProvider {
  /**
   * The devices of this machine, best first.
   *
   * @throws DeviceException if there are none, saying why
   */
  List<Device> devices();

  /** What there is, in lines for people; never throws. */
  List<String> report();
}
