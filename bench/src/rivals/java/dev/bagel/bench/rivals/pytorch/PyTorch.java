package dev.bagel.bench.rivals.pytorch;

import dev.bagel.bench.duel.Agreement;
import dev.bagel.bench.duel.AttackAgreement;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.work.ConvCase;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.bench.work.TrainingStep;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Duels with PyTorch in eager mode: MKL's matrix products, oneDNN's convolutions. Beside {@code
 * pytorch} as it comes there is {@code pytorch-channels-last}, and for networks with batch
 * normalisation {@code pytorch-folded}, where both sides have none left. Scores are computed
 * without it by both sides, as ONNX Runtime does by itself.
 */
public final class PyTorch implements Opponent {
  private static final String NAME = "pytorch";
  private static final String CHANNELS_LAST = "pytorch-channels-last";
  private static final String FOLDED = "pytorch-folded";
  private static final int[] SIZES = {64, 128, 256, 512, 1024, 2048};

  @Override
  public String version() {
    return "PyTorch " + Torch.VERSION + " through DJL";
  }

  @Override
  public List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    for (int n : SIZES) {
      double flops = 2.0 * n * n * n;
      duels.add(new Duel("gemm/" + n, NAME, flops, () -> product(n)));
    }
    for (ConvCase c : ConvCase.all()) {
      duels.addAll(convolutions(c, NAME, Memory.PLANES));
      duels.addAll(convolutions(c, CHANNELS_LAST, Memory.CHANNELS_LAST));
    }
    Workload.names().forEach(name -> duels.addAll(attacks(name)));
    for (String name : List.of("madry-64", "resnet18-32")) {
      duels.addAll(both("train/" + name, memory -> training(Workload.named(name), memory)));
    }
    for (String name : List.of("madry-64", "madry-1", "resnet18-32")) {
      duels.addAll(both("scores/" + name, memory -> scores(Workload.named(name).folded(), memory)));
    }
    return duels;
  }

  private static List<Duel> convolutions(ConvCase c, String rival, Memory memory) {
    return List.of(
        new Duel(
            "conv-forward/" + c,
            rival,
            c.flops(),
            () -> kernel(KernelWork.convForward(c), w -> TorchKernel.convForward(c, w, memory))),
        new Duel(
            "conv-input-gradient/" + c,
            rival,
            c.flops(),
            () -> kernel(KernelWork.convInput(c), w -> TorchKernel.convInput(c, w, memory))),
        new Duel(
            "conv-filter-gradient/" + c,
            rival,
            c.flops(),
            () -> kernel(KernelWork.convFilter(c), w -> TorchKernel.convFilter(c, w, memory))));
  }

  private static List<Duel> attacks(String name) {
    List<Duel> duels = new ArrayList<>();
    duels.addAll(both("pgd/" + name, memory -> attack(Workload.named(name), memory)));
    if (name.startsWith("mlp")) {
      duels.remove(1); // there are no channels
    }
    if (name.startsWith("resnet")) {
      for (Memory memory : Memory.values()) {
        String rival = memory == Memory.PLANES ? FOLDED : FOLDED + "-channels-last";
        duels.add(
            new Duel("pgd/" + name, rival, 0, () -> attack(Workload.named(name).folded(), memory)));
      }
    }
    return duels;
  }

  /** The same with images and filters in both orders. */
  private static List<Duel> both(String name, Function<Memory, Match> match) {
    return List.of(
        new Duel(name, NAME, 0, () -> match.apply(Memory.PLANES)),
        new Duel(name, CHANNELS_LAST, 0, () -> match.apply(Memory.CHANNELS_LAST)));
  }

  private static Match product(int n) {
    return kernel(KernelWork.matMul(n), TorchKernel::matMul);
  }

  private static Match kernel(KernelWork work, Function<KernelWork, TorchKernel> rival) {
    KernelWork.Bound ours = work.with(Kernels.best());
    TorchKernel theirs = rival.apply(work);
    return new Match(
        ours.kernel()::run, theirs, Agreement.of("result", 2e-4, ours::answer, theirs::answer));
  }

  private static Match attack(Workload work, Memory memory) {
    TorchAttack theirs = new TorchAttack(work, memory);
    return new Match(
        () -> work.attacked(Workload.STEPS),
        () -> theirs.run(Workload.STEPS),
        AttackAgreement.gradients(work, theirs::gradient),
        AttackAgreement.moved(work, () -> theirs.attacked(1)),
        AttackAgreement.reached(work, () -> theirs.attacked(Workload.STEPS)));
  }

  private static Match scores(Workload work, Memory memory) {
    TorchScores theirs = new TorchScores(work, memory);
    Tensor x = work.images();
    return new Match(
        () -> work.model().scores(x),
        theirs::run,
        Agreement.of("scores", 1e-4, () -> work.model().scores(x).toArray(), theirs::scores));
  }

  private static Match training(Workload work, Memory memory) {
    TrainingStep ours = new TrainingStep(work);
    TorchTraining theirs = new TorchTraining(work, memory);
    return new Match(
        ours::run,
        theirs::run,
        Agreement.of( // of steps of their own: the timed ones go on and on
            "what a step does to the weights",
            1e-2, // statistics of a batch, eighteen layers deep, multiply what rounding does
            () -> new TrainingStep(work).change(),
            () -> new TorchTraining(work, memory).change()));
  }
}
