package dev.bagel.adversarial;

import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Objective;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * min_θ E max_{‖δ‖≤ε} L(f(x + δ), y): training on what an attack makes of each batch. Madry et al.
 * 2018, Eq. (2.1). The attack sees the network as it is before the step, in evaluation.
 *
 * @param attack the inner maximisation
 * @param cleanWeight how much of the loss is on the unperturbed batch, from 0 (Madry) to 1
 *     (Goodfellow et al. 2015, §6 use 0.5)
 */
public record AdversarialTraining(Pgd attack, double cleanWeight) implements Objective {
  public AdversarialTraining {
    if (!(cleanWeight >= 0 && cleanWeight <= 1)) {
      throw new IllegalArgumentException("clean weight " + cleanWeight + ": from 0 to 1");
    }
  }

  /** Training on perturbed examples only. */
  public static AdversarialTraining against(Pgd attack) {
    return new AdversarialTraining(attack, 0);
  }

  @Override
  public Tensor craft(Classifier frozen, Batch batch, Rng rng) {
    Seeds seeds = new Seeds(rng, IntStream.range(0, batch.size()).toArray());
    return attack.perturb(frozen, batch.x(), Goal.untargeted(batch.labels()), seeds);
  }

  @Override
  public Var loss(UnaryOperator<Var> f, Var x, Var crafted, Var labels) {
    Var adversarial = Loss.crossEntropy(f.apply(crafted), labels).mean();
    if (cleanWeight == 0) {
      return adversarial;
    }
    Var clean = Loss.crossEntropy(f.apply(x), labels).mean();
    return clean.mul((float) cleanWeight).add(adversarial.mul((float) (1 - cleanWeight)));
  }
}
