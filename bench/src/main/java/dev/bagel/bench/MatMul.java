package dev.bagel.bench;

import dev.bagel.bench.work.KernelWork;
import dev.bagel.tensor.kernel.Kernel;
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
 * How long does a product of two square matrices take, packing included?
 *
 * <p>Run with {@code java -jar bench/target/benchmarks.jar jmh MatMul -p kernels=vector}; the
 * set-up compares elements with sums in double.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class MatMul {
  @Param({"vector", "scalar"})
  String kernels;

  @Param({"64", "128", "256", "512", "1024", "2048"})
  int size;

  private Kernel kernel;

  @Setup
  public void setUp() {
    kernel = KernelWork.matMul(size).checked(kernels);
  }

  @Benchmark
  public void product() {
    kernel.run();
  }
}
