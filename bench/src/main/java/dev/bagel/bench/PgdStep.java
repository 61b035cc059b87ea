package dev.bagel.bench;

import dev.bagel.adversarial.Norm;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Var;
import dev.bagel.bench.work.Workload;
import dev.bagel.nn.Loss;
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
 * <p>Run with {@code java -jar bench/target/benchmarks.jar jmh PgdStep -prof gc}; the answer to the
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

  private Workload work;
  private Tensor origin;
  private Tensor labels;
  private Cell x;
  private Plan plan;

  @Setup
  public void setUp() {
    work = Workload.named("madry-" + batch);
    origin = work.images().reshape(batch, 784);
    labels = Tensor.ofInts(work.labels());
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
    Var loss = Loss.crossEntropy(work.model().logits(leaf), target).sum();
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
