package dev.bagel.gpu;

import dev.bagel.autodiff.DeviceException;
import org.junit.jupiter.api.Assumptions;

/**
 * The OpenCL device that tests run on: the first one. Without one they are skipped, and say why;
 * with {@code -Dbagel.gpu.require=true} they fail instead.
 */
final class TestDevice {
  private TestDevice() {}

  static OpenClDevice orSkip() {
    try {
      return (OpenClDevice) new OpenCl().devices().get(0);
    } catch (DeviceException e) {
      if (Boolean.getBoolean("bagel.gpu.require")) {
        throw e;
      }
      return Assumptions.abort(e.getMessage());
    }
  }
}
