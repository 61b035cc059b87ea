package dev.bagel.gpu;

import com.aparapi.device.OpenCLDevice;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * An OpenCL device whose programs and launches are noted. What Aparapi reports on is a class of
 * kernels, in all of this JVM: one of these at a time.
 */
final class Watched implements Device, AutoCloseable {
  private final OpenClDevice device;
  private final List<Resident> loaded = new ArrayList<>();
  private Interpreter last;
  private int launches;
  private int elsewhere;

  Watched(OpenClDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public boolean isAccelerator() {
    return device.isAccelerator();
  }

  @Override
  public Resident load(Program program) {
    close(); // it would report on the compilation, too
    Resident r = device.load(program);
    loaded.add(r);
    last = r.kernel();
    last.registerProfileReportObserver(
        (kernel, on, report) -> {
          launches++;
          elsewhere += on instanceof OpenCLDevice ? 0 : 1;
        });
    return r;
  }

  /** All programs that were loaded. */
  List<Resident> loaded() {
    return loaded;
  }

  int launches() {
    return launches;
  }

  /** Launches that no OpenCL device ran. */
  int elsewhere() {
    return elsewhere;
  }

  /** Watches no longer. */
  @Override
  public void close() {
    if (last != null) {
      last.registerProfileReportObserver(null);
    }
  }
}
