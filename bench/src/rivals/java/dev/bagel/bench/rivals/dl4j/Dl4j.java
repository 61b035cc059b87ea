package dev.bagel.bench.rivals.dl4j;

import dev.bagel.bench.duel.Agreement;
import dev.bagel.bench.duel.AttackAgreement;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.work.TrainingStep;
import dev.bagel.bench.work.Workload;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Duels with Deeplearning4j, on oneDNN where the processor has AVX-512. */
public final class Dl4j implements Opponent {
  private static final String NAME = "dl4j";

  @Override
  public String version() {
    return "Deeplearning4j 1.0.0-M2.1"; // the POM's version
  }

  @Override
  public List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    for (String name : List.of("madry-64", "madry-1")) {
      duels.add(new Duel("pgd/" + name, NAME, 0, () -> attack(Workload.named(name))));
    }
    duels.add(new Duel("train/madry-64", NAME, 0, () -> training(Workload.named("madry-64"))));
    return duels;
  }

  private static void load() {
    System.setProperty("org.bytedeco.javacpp.platform.extension", "-onednn-avx512");
    Nd4j.getEnvironment(); // before anything else, or the plain natives are taken
  }

  private static Match attack(Workload work) {
    load();
    Attack theirs = new Attack(work);
    return new Match(
        () -> work.attacked(Workload.STEPS),
        () -> theirs.run(Workload.STEPS),
        AttackAgreement.gradients(work, theirs::gradient),
        AttackAgreement.moved(work, () -> floats(theirs.run(1))),
        AttackAgreement.reached(work, () -> floats(theirs.run(Workload.STEPS))));
  }

  private static Match training(Workload work) {
    load();
    TrainingStep ours = new TrainingStep(work);
    Dl4jNet theirs = new Dl4jNet(work.model());
    INDArray x = Dl4jNet.of(work.images());
    INDArray labels = oneHot(work);
    return new Match(
        ours::run,
        () -> theirs.net().fit(x, labels),
        Agreement.of(
            "what a step does to the weights",
            1e-3,
            () -> new TrainingStep(work).change(),
            () -> change(work.model(), x, labels)));
  }

  private static float[] change(Model model, INDArray x, INDArray labels) {
    Iterable<String> names = model.params().weights().keySet();
    Dl4jNet fresh = new Dl4jNet(model);
    float[] before = fresh.weights(names, model.params().count());
    fresh.net().fit(x, labels);
    float[] change = fresh.weights(names, model.params().count());
    for (int i = 0; i < change.length; i++) {
      change[i] -= before[i];
    }
    return change;
  }

  private static INDArray oneHot(Workload work) {
    INDArray oneHot = Nd4j.zeros(work.batch(), work.classes());
    for (int i = 0; i < work.batch(); i++) {
      oneHot.putScalar(i, work.labels()[i], 1f);
    }
    return oneHot;
  }

  private static float[] floats(INDArray x) {
    return x.dup('c').data().asFloat();
  }

  /** The loop of PGD; Deeplearning4j cannot be told to leave out the gradients of the weights. */
  private static final class Attack {
    private final Dl4jNet net;
    private final INDArray origin;
    private final INDArray low;
    private final INDArray high;
    private final INDArray labels;
    private final float alpha;

    Attack(Workload work) {
      net = new Dl4jNet(work.model());
      float epsilon = (float) work.epsilon();
      origin = Dl4jNet.of(work.images());
      low = Dl4jNet.of(work.images().add(-epsilon).max(Tensor.scalar(0)));
      high = Dl4jNet.of(work.images().add(epsilon).min(Tensor.scalar(1)));
      labels = oneHot(work);
      alpha = (float) work.stepSize();
    }

    INDArray run(int steps) {
      INDArray x = origin.dup();
      for (int step = 0; step < steps; step++) {
        x.addi(Transforms.sign(gradient(x), false).muli(alpha));
        Transforms.max(x, low, false);
        Transforms.min(x, high, false);
      }
      return x;
    }

    float[] gradient() {
      return floats(gradient(origin));
    }

    private INDArray gradient(INDArray x) {
      return net.net().calculateGradients(x, labels, null, null).getSecond();
    }
  }
}
