package dev.bagel.gpu;

import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceContract;

/** An OpenCL device keeps what every device promises. */
class OpenClContractTest extends DeviceContract {
  @Override
  protected Device device() {
    return TestDevice.orSkip();
  }
}
