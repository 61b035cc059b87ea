package dev.bagel.bench;

import dev.bagel.bench.work.ConvCase;
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
 * How long do a convolution of 32 images and its two gradients take, with filters that stay as they
 * are?
 *
 * <p>Run with {@code java -jar bench/target/benchmarks.jar jmh Convolution -p kernels=vector}; the
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
public class Convolution {
  @Param({"vector", "scalar"})
  String kernels;

  @Param({
    "1-32-5x5@28",
    "32-64-5x5@14",
    "3-64-3x3@32",
    "64-64-3x3@32",
    "128-128-3x3@16",
    "256-256-3x3@8",
    "512-512-3x3@4"
  })
  String shape;

  @Param({"FORWARD", "INPUT_GRADIENT", "FILTER_GRADIENT"})
  Of of;

  private Kernel kernel;

  /** What is computed. */
  public enum Of {
    FORWARD {
      @Override
      KernelWork on(ConvCase c) {
        return KernelWork.convForward(c);
      }
    },
    INPUT_GRADIENT {
      @Override
      KernelWork on(ConvCase c) {
        return KernelWork.convInput(c);
      }
    },
    FILTER_GRADIENT {
      @Override
      KernelWork on(ConvCase c) {
        return KernelWork.convFilter(c);
      }
    };

    abstract KernelWork on(ConvCase c);
  }

  @Setup
  public void setUp() {
    kernel = of.on(ConvCase.of(shape)).checked(kernels);
  }

  @Benchmark
  public void run() {
    kernel.run();
  }
}
