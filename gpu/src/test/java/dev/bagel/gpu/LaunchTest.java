package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.device.OpenCLDevice;
import com.aparapi.exception.CompileFailedException;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Plan;
import dev.bagel.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing is done in Java in silence, and no buffer is the host's. */
class LaunchTest {
  private OpenCLDevice device;

  @BeforeEach
  void aDevice() {
    TestDevice.orSkip();
    device = OpenCLDevice.listDevices(null).get(0);
  }

  /** A scalar of a type that Aparapi translates and cannot pass. */
  static final class ShortField extends Kernel {
    float[] x = new float[256];
    short n = 1;

    @Override
    public void run() {
      x[getGlobalId()] = n;
    }
  }

  @Test
  void aLaunchThatFailsThrows() {
    Kernel kernel = new ShortField();
    kernel.setExplicit(true);
    Range range = Range.create(device, 256, 256);
    assertThrows(DeviceException.class, () -> Resident.execute(kernel, range, 1));
    kernel.dispose();
  }

  @Test
  void whatIsNotTranslatedThrows() {
    Kernel kernel = new BadKernels.Switch();
    assertThrows(CompileFailedException.class, () -> kernel.compile(device));
    kernel.dispose();
  }

  @Test
  @SuppressWarnings("deprecation") // the only way to have a kernel run by the JVM
  void theKernelRefusesToBeRunByTheJvm() {
    Interpreter kernel = new Interpreter();
    kernel.memory = new float[1];
    kernel.code = new int[1];
    kernel.weights = new float[1];
    kernel.input = new float[1];
    kernel.output = new float[1];
    kernel.partial = new float[1];
    kernel.setExecutionMode(Kernel.EXECUTION_MODE.SEQ);
    var e =
        assertThrows(DeviceException.class, () -> Resident.execute(kernel, Range.create(1, 1), 1));
    assertTrue(e.getMessage().contains("run by the JVM"), e.getMessage());
    kernel.dispose();
  }

  @Test
  void aProgramThatDoesNotFitIsRefused() {
    Cell x = Cell.of("x", Shape.of(3 << 20));
    long most = device.getMaxMemAllocSize();
    device.setMaxMemAllocSize(8 << 20);
    try {
      var e =
          assertThrows(
              DeviceException.class,
              () -> Plan.of(List.of(), Map.of(x, x.var().add(1)), new OpenClDevice(device)).run(1));
      assertTrue(e.getMessage().contains("at most 8 MiB"), e.getMessage());
    } finally {
      device.setMaxMemAllocSize(most);
    }
  }

  @Test
  void buffersAreTheDevicesOwn() {
    for (OpenCLDevice d : OpenCLDevice.listDevices(null)) {
      assertFalse(d.isSharedMemory(), d.getName());
    }
  }

  /** Adds one to every element. */
  static final class Increment extends Kernel {
    float[] x = new float[256];

    @Override
    public void run() {
      int i = getGlobalId();
      x[i] = x[i] + 1f;
    }
  }

  @Test
  void whatTheHostWritesIsSeenOnlyWhenItIsSent() {
    Increment kernel = new Increment();
    kernel.setExplicit(true);
    Range range = Range.create(device, 256, 256);
    Resident.execute(kernel, range, 3);
    kernel.x[0] = 100; // were memory shared, the device would see it
    kernel.get(kernel.x);
    assertEquals(3, kernel.x[0]);
    kernel.dispose();
  }
}
