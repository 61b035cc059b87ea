package dev.bagel.bench;

import dev.bagel.bench.work.TrainingStep;
import dev.bagel.bench.work.Workload;
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
 * How long does one step of stochastic gradient descent take, replayed from its plan?
 *
 * <p>The set-up checks that steps make the loss smaller.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
public class TrainStep {
  @Param({"tutorial-64", "madry-64", "resnet18-32"})
  String work;

  private TrainingStep step;

  @Setup
  public void setUp() {
    step = new TrainingStep(Workload.named(work));
    step.run();
    double first = step.loss();
    for (int i = 0; i < 5; i++) {
      step.run();
    }
    if (!(step.loss() < first)) {
      throw new IllegalStateException("the loss was " + first + " and is " + step.loss());
    }
  }

  @Benchmark
  public void step() {
    step.run();
  }
}
