package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Devices;
import dev.bagel.autodiff.Plan;
import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which devices there are, why there are none, and what a driver does to the JVM. */
class OpenClTest {
  /** Prints what there is. */
  static final class Report {
    public static void main(String[] args) {
      Devices.report().forEach(System.out::println);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aMissingLoaderIsNamed(@TempDir Path folder) throws Exception {
    Files.createFile(folder.resolve("libOpenCL.so.1")); // found first, and no library
    String said =
        new ChildJvm().environment("LD_LIBRARY_PATH", folder.toString()).run(Report.class);
    assertTrue(said.contains("no OpenCL loader: libOpenCL.so.1"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aMissingPlatformIsNamed(@TempDir Path folder) throws Exception {
    String said =
        new ChildJvm().environment("OCL_ICD_VENDORS", folder.toString()).run(Report.class);
    assumeTrue(!said.contains("no OpenCL loader"), said);
    assertTrue(said.contains("no OpenCL platform"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  void aJvmThatAllowsNoNativeCodeIsNamed() throws Exception {
    assumeTrue(Runtime.version().feature() >= 24, "older JVMs allow native code to everybody");
    String said = new ChildJvm().withoutNativeAccess().run(Report.class);
    assertTrue(said.contains("--enable-native-access=ALL-UNNAMED"), said);
  }

  @Test
  void devicesHaveNames() {
    OpenClDevice first = TestDevice.orSkip();
    List<Device> all = new OpenCl().devices();
    String part = first.name().substring(2, first.name().length() - 1);
    assertSame(first, Devices.named(part));
    assertSame(Device.CPU, Devices.named("cpu"));
    var e = assertThrows(DeviceException.class, () -> Devices.named("no such device"));
    assertTrue(e.getMessage().contains(first.name()), e.getMessage());
    if (all.stream().noneMatch(Device::isAccelerator)) {
      e = assertThrows(DeviceException.class, () -> Devices.named("gpu"));
      assertTrue(e.getMessage().startsWith("no accelerator here"), e.getMessage());
    }
    assertTrue(String.join("\n", Devices.report()).contains(first.name()));
  }

  // ---- PoCL's signal handler -------------------------------------------------------------------

  private static final String POCL = "Portable Computing Language";

  @Test
  void poclIsRefusedWhereItWouldBreakDivision() {
    var e = assertThrows(DeviceException.class, () -> OpenClDevice.checkSignals(POCL, Map.of()));
    assertTrue(e.getMessage().contains("POCL_SIGFPE_HANDLER=0"), e.getMessage());
    assertDoesNotThrow(() -> OpenClDevice.checkSignals(POCL, Map.of("POCL_SIGFPE_HANDLER", "0")));
    assertDoesNotThrow(
        () -> OpenClDevice.checkSignals(POCL, Map.of("LD_PRELOAD", "/jdk/lib/libjsig.so")));
    assertDoesNotThrow(() -> OpenClDevice.checkSignals("NVIDIA CUDA", Map.of()));
  }

  /** Runs a plan on a device, then divides by zero where the compiler relies on the signal. */
  static final class Divisions {
    public static void main(String[] args) {
      Cell x = Cell.of("x", Shape.of(4));
      Device device = new OpenCl().devices().get(0);
      Plan.of(List.of(), Map.of(x, x.var().add(1)), device).run(3);
      int thrown = 0;
      for (int i = 0; i < 300_000; i++) {
        try {
          thrown += quotient(i, i % 3) < 0 ? 1 : 0;
        } catch (ArithmeticException e) {
          thrown++;
        }
      }
      System.out.println(x.get().get(0) + " and " + thrown + " of 100000");
    }

    private static int quotient(int a, int b) {
      return a / b;
    }
  }

  @Test
  void divisionByZeroStillThrowsBesideADevice() throws IOException, InterruptedException {
    TestDevice.orSkip();
    String said = new ChildJvm().environment("POCL_SIGFPE_HANDLER", "0").run(Divisions.class);
    assertTrue(said.contains("3.0 and 100000 of 100000"), said);
  }
}
