package dev.bagel.gpu;

import com.aparapi.device.OpenCLDevice;
import com.aparapi.internal.opencl.OpenCLLoader;
import com.aparapi.internal.opencl.OpenCLPlatform;
import com.aparapi.natives.NativeLoader;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.DeviceProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The OpenCL devices of this machine, graphics processors first. */
public final class OpenCl implements DeviceProvider {
  private static final String LOG_LEVEL = "com.aparapi.logLevel";

  /** Looked for once, when first asked for. */
  private static final class Found {
    static final Map<OpenCLPlatform, List<OpenClDevice>> PLATFORMS = new LinkedHashMap<>();
    static final String WHY_NOT = look(PLATFORMS);
  }

  @Override
  public List<Device> devices() {
    List<Device> all = new ArrayList<>();
    Found.PLATFORMS.values().forEach(all::addAll);
    if (all.isEmpty()) {
      throw new DeviceException(Found.WHY_NOT);
    }
    all.sort(Comparator.comparing(d -> !d.isAccelerator())); // stable
    return all;
  }

  @Override
  public List<String> report() {
    List<String> lines = new ArrayList<>();
    Found.PLATFORMS.forEach(
        (platform, devices) -> {
          String name = platform.getName() + ", " + platform.getVersion();
          devices.forEach(d -> lines.add(d + " (" + name + ")"));
          if (devices.isEmpty()) {
            lines.add("no device (" + name + ")");
          }
        });
    return lines.isEmpty() ? List.of(Found.WHY_NOT) : lines;
  }

  /** Fills in what there is; if that is nothing, says why. */
  private static String look(Map<OpenCLPlatform, List<OpenClDevice>> platforms) {
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, Level.OFF.getName()); // what matters is thrown
    }
    Map<Handler, Level> levels = new LinkedHashMap<>(); // Aparapi sets everybody's to its own
    for (Handler h : Logger.getLogger("").getHandlers()) {
      levels.put(h, h.getLevel());
    }
    try {
      if (!OpenCLLoader.isOpenCLAvailable()) {
        return whyNotLoaded();
      }
      OpenCLDevice.setConfigurator(d -> d.setSharedMemory(false)); // buffers are the device's own
      for (OpenCLPlatform p : new OpenCLPlatform(0, null, null, null).getOpenCLPlatforms()) {
        platforms.put(p, p.getOpenCLDevices().stream().map(OpenClDevice::new).toList());
      }
    } catch (LinkageError e) {
      return notAllowed(e);
    } finally {
      levels.forEach(Handler::setLevel);
    }
    return platforms.isEmpty()
        ? "no OpenCL platform: the loader is here, but no driver (of a graphics card; or PoCL for"
            + " processors, Debian package pocl-opencl-icd)"
        : "no OpenCL device: drivers are here, but nothing that they drive";
  }

  private static String whyNotLoaded() {
    try {
      NativeLoader.load();
      return "no OpenCL";
    } catch (IOException e) {
      return "no OpenCL: no native code for "
          + System.getProperty("os.name")
          + " on "
          + System.getProperty("os.arch")
          + ", or no room for it in "
          + System.getProperty("java.io.tmpdir")
          + " ("
          + e.getMessage()
          + ")";
    } catch (UnsatisfiedLinkError e) {
      return "no OpenCL loader: libOpenCL.so.1 (Debian package ocl-icd-libopencl1; it comes with"
          + " drivers of graphics cards, too) was not found: "
          + e.getMessage();
    }
  }

  private static String notAllowed(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof IllegalCallerException
        ? "no OpenCL: this JVM allows no native code; start it with"
            + " --enable-native-access=ALL-UNNAMED"
        : "no OpenCL: " + root;
  }
}
