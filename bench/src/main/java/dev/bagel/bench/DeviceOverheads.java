package dev.bagel.bench;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Devices;
import dev.bagel.autodiff.Plan;
import dev.bagel.tensor.Shape;
import java.util.List;
import java.util.Map;
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
 * What does a device cost before it computes anything?
 *
 * <p>A run of a plan that adds 1 to a few numbers is a launch with its copies; a thousand runs in
 * one launch are passes; a run on {@code elements} numbers is how fast they cross, there and back.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Xmx8g"
    })
public class DeviceOverheads {
  private static final int PASSES = 1000;

  @Param({"gpu"})
  String device;

  @Param({"16", "262144", "16777216"})
  int elements;

  private Plan plan;

  @Setup
  public void setUp() {
    Cell x = Cell.of("x", Shape.of(elements));
    plan = Plan.of(List.of(), Map.of(x, x.var().add(1)), Devices.named(device));
    plan.run(PASSES);
    if (x.get().get(elements - 1) != PASSES) {
      throw new IllegalStateException("1 was not added " + PASSES + " times");
    }
  }

  @Benchmark
  public void launch() {
    plan.run();
  }

  /** With 16 elements: a thousand passes that do next to nothing. */
  @Benchmark
  public void thousandPasses() {
    plan.run(PASSES);
  }
}
