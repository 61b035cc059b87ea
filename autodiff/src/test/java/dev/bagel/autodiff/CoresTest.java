package dev.bagel.autodiff;

/** The cores of this machine keep what every device promises. */
class CoresTest extends DeviceContract {
  @Override
  protected Device device() {
    return Device.CPU;
  }
}
