package dev.bagel.bench;

import dev.bagel.autodiff.Devices;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From which batch on does a device attack faster than the cores of this machine?
 *
 * <p>Ten ℓ∞-PGD steps, images in and adversarial images out, so with all that a launch costs. The
 * set-up compares what the device finds with what is found here. Another device than the first
 * accelerator: {@code -p device=cpu,NAME}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Xmx8g"
    })
public class PgdOnDevice {
  private static final double FAR = 0.05; // relus next to 0 and gradients next to 0 differ

  @Param({"cpu", "gpu"})
  String device;

  @Param({"madry-1", "madry-16", "madry-64", "madry-256", "resnet18-16", "resnet18-64"})
  String work;

  private Workload attacked;

  @Setup
  public void setUp() {
    Workload here = Workload.named(work);
    attacked = here.on(Devices.named(device));
    Tensor found = attacked.attacked(1);
    Tensor wanted = here.attacked(1);
    int apart = 0;
    for (int i = 0; i < found.size(); i++) {
      apart += Math.abs(found.get(i) - wanted.get(i)) <= 1e-4 ? 0 : 1;
    }
    if (apart > FAR * found.size()) {
      throw new IllegalStateException(apart + " of " + found.size() + " pixels differ");
    }
  }

  @Benchmark
  public Tensor tenSteps() {
    return attacked.attacked(Workload.STEPS);
  }
}
