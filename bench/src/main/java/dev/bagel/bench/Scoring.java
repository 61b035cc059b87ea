package dev.bagel.bench;

import dev.bagel.autodiff.Var;
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
 * How long does it take to classify a batch?
 *
 * <p>The set-up checks that the replayed plan gives the bits of eager evaluation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
public class Scoring {
  @Param({"madry-1", "madry-64", "resnet18-32"})
  String work;

  private Workload batch;

  @Setup
  public void setUp() {
    batch = Workload.named(work);
    Tensor eager = batch.model().logits(Var.constant(batch.images())).value();
    if (!scores().equals(eager)) {
      throw new IllegalStateException("the plan and eager evaluation disagree");
    }
  }

  @Benchmark
  public Tensor scores() {
    return batch.model().scores(batch.images());
  }
}
