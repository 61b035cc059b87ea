package dev.bagel.adversarial.natural;

import dev.bagel.adversarial.Decision;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Tensors;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adversarial filtration: keeps the examples of a data set that every one of some models gets
 * wrong, each with confidence in its wrong answer. Hendrycks et al. 2021, "Natural adversarial
 * examples", §3, made ImageNet-A so, with one ResNet-50.
 *
 * <p>What is left is hard by construction for the models that chose it. Whether it is hard at all
 * is what other models say of it: measure those.
 *
 * @param confidence the least probability that each model gives to its wrong answer
 */
public record Filtration(double confidence) {
  private static final int BATCH = 256;

  public Filtration {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException("confidence " + confidence + ": from 0 to 1");
    }
  }

  /**
   * What was kept.
   *
   * @param rows the numbers of the examples in the data set, rising
   * @param of how many examples there were
   */
  public record Kept(int[] rows, int of) {
    /** The kept examples as a data set; what it is called says where it comes from. */
    public Dataset from(Dataset data) {
      if (data.size() != of) {
        throw new IllegalArgumentException(
            "rows of a data set of " + of + " examples, from one of " + data.size());
      }
      Batch batch = data.batch(rows);
      return new Tensors(data.name() + "-A", batch.x(), batch.labels(), data.classNames());
    }
  }

  /**
   * Looks through a data set.
   *
   * @throws IllegalArgumentException if there are no models
   * @throws dev.bagel.adversarial.AttackException if a score is NaN
   */
  public Kept keep(List<? extends Classifier> models, Dataset data, Progress progress) {
    if (models.isEmpty()) {
      throw new IllegalArgumentException("filtration by no models: all examples would be kept");
    }
    List<Integer> kept = new ArrayList<>();
    for (int from = 0; from < data.size(); from += BATCH) {
      int[] rows = IntStream.range(from, Math.min(data.size(), from + BATCH)).toArray();
      Batch batch = data.batch(rows);
      boolean[] hard = new boolean[rows.length];
      Arrays.fill(hard, true);
      for (Classifier f : models) {
        Tensor scores = f.scores(batch.x());
        int[] said = Decision.of(scores);
        Tensor p = Fn.softmax(Var.constant(scores)).value();
        int k = scores.shape().dim(1);
        for (int r = 0; r < hard.length; r++) {
          hard[r] &= said[r] != batch.labels()[r] && p.get(r * k + said[r]) >= confidence;
        }
      }
      IntStream.of(rows).filter(i -> hard[i - rows[0]]).forEach(kept::add);
      progress.at(from + rows.length, data.size(), toString());
    }
    return new Kept(kept.stream().mapToInt(i -> i).toArray(), data.size());
  }
}
