package dev.bagel.autodiff;

import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Span;

/**
 * Where plans run: the cores of this machine, or a device with memory of its own.
 *
 * <p>A device is given whole programs and never single operations: what pays is that nothing but
 * cells and outputs crosses between the memories, however often a program is run in between. It
 * runs all of a program or refuses it; nothing is done elsewhere in silence.
 *
 * @see Devices
 */
public interface Device {
  /** The cores of this machine, with the best kernels of this JVM. */
  Device CPU = new Cores(Kernels.best());

  /** What people call it. */
  String name();

  /** Whether it is a graphics processor, or another accelerator. */
  boolean isAccelerator();

  /**
   * Gets ready to run a program.
   *
   * @throws DeviceException if the device cannot run it, saying what and why
   */
  Loaded load(Program program);

  /** A program on its device. Its memory there is given back when nobody holds it any more. */
  interface Loaded {
    /**
     * Runs the program so many times: from what the cells hold to what they hold then. Outputs are
     * those of the last time.
     *
     * @throws DeviceException if the device fails
     */
    void run(int times);

    /** Where an output is after a run. */
    Span output(int i);
  }
}
