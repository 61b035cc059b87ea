package dev.bagel.bench;

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
 * How long do ten ℓ∞-PGD steps take, as a user calls them?
 *
 * <p>The set-up checks that the attack stays in its ball, moves nearly all images, and raises the
 * loss.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
public class PgdTenSteps {
  @Param({"madry-1", "madry-8", "madry-64", "resnet18-32", "mlp-784-128-10-1", "mlp-20-64-64-2-1"})
  String work;

  private Workload attacked;

  @Setup
  public void setUp() {
    attacked = Workload.named(work);
    Tensor x = attacked.attacked(Workload.STEPS);
    Tensor moved = x.sub(attacked.images()).abs();
    double far = 0;
    for (int i = 0; i < moved.size(); i++) {
      far = Math.max(far, moved.get(i));
    }
    if (!(far > 0 && far <= attacked.epsilon() + 1e-6)) {
      throw new IllegalStateException("a pixel moved by " + far + " of " + attacked.epsilon());
    }
    if (!(attacked.loss(x) > attacked.loss(attacked.images()))) {
      throw new IllegalStateException("the loss does not rise");
    }
  }

  @Benchmark
  public Tensor tenSteps() {
    return attacked.attacked(Workload.STEPS);
  }
}
