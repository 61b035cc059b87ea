package dev.bagel.bench.duel;

import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.work.ConvCase;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.bench.work.PlainLoops;
import dev.bagel.bench.work.TrainingStep;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.ScalarKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels that people read against those that run: what the vector instructions are worth. One
 * duel for each kind of fast loop, and steps of Madry's net against the heavy loops in them.
 */
final class Ourselves implements Opponent {
  private static final String NAME = "scalar";

  @Override
  public List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    for (int n : new int[] {64, 256}) {
      double flops = 2.0 * n * n * n;
      duels.add(new Duel("gemm/" + n, NAME, flops, () -> match(KernelWork.matMul(n))));
    }
    for (String text : List.of("64-64-3x3@16", "64-64-1x1@32", "128-128-1x1@8", "3-64-3x3@32")) {
      ConvCase c = ConvCase.of(text);
      duels.add(
          new Duel("conv-forward/" + c, NAME, c.flops(), () -> match(KernelWork.convForward(c))));
    }
    for (String text : List.of("32-64-5x5@14", "3-64-3x3@32")) {
      ConvCase c = ConvCase.of(text);
      duels.add(
          new Duel(
              "conv-input-gradient/" + c, NAME, c.flops(), () -> match(KernelWork.convInput(c))));
    }
    for (String text : List.of("64-64-3x3@16", "3-64-3x3@32")) {
      ConvCase c = ConvCase.of(text);
      duels.add(
          new Duel(
              "conv-filter-gradient/" + c, NAME, c.flops(), () -> match(KernelWork.convFilter(c))));
    }
    duels.add(new Duel("max-pool/64@28", NAME, 0, () -> match(KernelWork.maxPool(64, 28))));
    duels.add(
        new Duel("max-pool-gradient/64@28", NAME, 0, () -> match(KernelWork.maxUnpool(64, 28))));
    for (String name : List.of("madry-8", "madry-1")) {
      duels.add(new Duel("pgd/" + name, NAME, 0, () -> attack(Workload.named(name))));
    }
    duels.add(new Duel("train/madry-8", NAME, 0, () -> training(Workload.named("madry-8"))));
    return duels;
  }

  @Override
  public String version() {
    return "Bagel's scalar kernels";
  }

  private static Match match(KernelWork work) {
    KernelWork.Bound ours = work.with(Kernels.best());
    KernelWork.Bound theirs = work.with(new ScalarKernels());
    return new Match(
        ours.kernel()::run,
        theirs.kernel()::run,
        Agreement.of("result", 1e-4, ours::answer, theirs::answer));
  }

  /** Plain loops give no answer to compare: a plan's answers are compared with other rivals'. */
  private static Match attack(Workload work) {
    Kernel loops = PlainLoops.attack(work);
    return new Match(
        () -> work.attacked(Workload.STEPS),
        () -> {
          for (int i = 0; i < Workload.STEPS; i++) {
            loops.run();
          }
        });
  }

  private static Match training(Workload work) {
    return new Match(new TrainingStep(work)::run, PlainLoops.training(work)::run);
  }
}
