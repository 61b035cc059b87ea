package dev.bagel.bench;

import dev.bagel.adversarial.Norm;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Model;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
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
 * How long does one ℓ∞-PGD step on Madry's MNIST net take, replayed from a plan and evaluated
 * eagerly, and how many bytes does it allocate?
 *
 * <p>Run with {@code java -jar bench/target/benchmarks.jar PgdStep -prof gc}; the answer to the
 * second question is {@code gc.alloc.rate.norm}. The set-up checks that both ways give the same
 * image.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 5)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
public class PgdStep {
  private static final float ALPHA = 0.01f;
  private static final float EPSILON = 0.3f;

  @Param({"1", "8", "64"})
  int batch;

  private Model model;
  private Tensor origin;
  private Tensor labels;
  private Cell x;
  private Plan plan;

  @Setup
  public void setUp() {
    model = Model.init(Zoo.madryMnist(), Shape.of(1, 28, 28), Rng.of(1));
    origin = Tensor.uniform(Shape.of(batch, 784), 0, 1, Rng.of(2));
    int[] y = new int[batch];
    for (int i = 0; i < batch; i++) {
      y[i] = i % 10;
    }
    labels = Tensor.ofInts(y);
    x = Cell.of("x", origin);
    Cell start = Cell.of("origin", origin);
    Cell target = Cell.of("labels", labels);
    plan = Plan.of(List.of(), Map.of(x, next(x.var(), x.var(), start.var(), target.var())));
    Tensor eager = eager();
    plan.run();
    if (!x.get().equals(eager)) {
      throw new IllegalStateException("the plan and eager evaluation disagree");
    }
  }

  /** Π(x + α sign ∇L), clipped to 0 … 1. */
  private Var next(Var leaf, Var point, Var start, Var target) {
    Var loss = Loss.crossEntropy(model.logits(leaf), target).sum();
    Var g = Grad.of(loss, leaf).get(0);
    Var epsilon = Var.constant(EPSILON);
    Var moved = point.add(Norm.LINF.ascent(g).mul(ALPHA)).sub(start);
    return start.add(Norm.LINF.project(moved, epsilon)).clamp(0, 1);
  }

  @Benchmark
  public void planned() {
    plan.run();
  }

  @Benchmark
  public Tensor eager() {
    Var leaf = Var.leaf(origin);
    return next(leaf, leaf, Var.constant(origin), Var.constant(labels)).value();
  }
}
