package dev.bagel.bench;

import dev.bagel.nn.Callback;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
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

/** How long do ten training steps take (batches of 64, Adam), start-up of the run included? */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 4, time = 3)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
public class TrainStep {
  @Param({"tutorial", "madry"})
  String net;

  private Model model;
  private Dataset data;
  private Trainer trainer;

  @Setup
  public void setUp() {
    model =
        Model.init(
            net.equals("madry") ? Zoo.madryMnist() : Zoo.tutorialCnn(),
            Shape.of(1, 28, 28),
            Rng.of(1));
    data = FashionMnist.embedded(Split.TRAIN).slice(0, 640);
    trainer = Trainer.of(Objective.crossEntropy(), Optimizer.adam(1e-3)).epochs(1);
    double loss = trainer.fit(model, data).history().get(0).loss();
    if (!(loss > 0.5 && loss < 5)) {
      throw new IllegalStateException("ten steps end with a loss of " + loss);
    }
  }

  @Benchmark
  public Trainer.Fit tenSteps() {
    return trainer.fit(model, data, new Callback() {});
  }
}
