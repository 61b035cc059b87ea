package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batches;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Learns a universal perturbation by walking from example to example: Moosavi-Dezfooli et al. 2017,
 * Algorithm 1. Wherever f(x + v) is still f(x), DeepFool finds the shortest way over the nearest
 * boundary, and v goes it, too:
 *
 * <pre>{@code
 * v ← Π(v + Δv),   Δv = argmin ‖r‖₂ with f(x + v + r) ≠ f(x)
 * }</pre>
 *
 * <p>The paper takes one example at a time. Here those of a small batch find their ways together,
 * and v goes the mean of them. Their ways are those of {@link DeepFool}, which stays in the box.
 * Labels are not used: what counts is that the decision changes. The curve is that share of the
 * data after each epoch, the paper's fooling rate.
 *
 * @param ball where the perturbation lies
 * @param epochs the most passes over the data
 * @param foolingRate when to stop: the paper's 1 − δ
 * @param batch examples that are walked together
 * @param steps of DeepFool
 * @param overshoot how much farther than the boundary
 * @param candidates how many of the likeliest classes may be the nearest
 */
public record UniversalDeepFool(
    Ball ball,
    int epochs,
    double foolingRate,
    int batch,
    int steps,
    double overshoot,
    int candidates) {
  public UniversalDeepFool {
    if (epochs < 1 || batch < 1 || steps < 1 || candidates < 2 || !(overshoot >= 0)) {
      throw new IllegalArgumentException(
          "%d epochs, batches of %d, %d steps, overshoot %s, %d candidates"
                  .formatted(epochs, batch, steps, overshoot, candidates)
              + ": all positive, and at least two candidates");
    }
  }

  /** A fooling rate of 80 %, ten steps, 2 % of overshoot: the authors' program; ten epochs. */
  public static UniversalDeepFool in(Ball ball) {
    return new UniversalDeepFool(ball, 10, 0.8, 8, 10, 0.02, 10);
  }

  public UniversalDeepFool epochs(int epochs) {
    return new UniversalDeepFool(ball, epochs, foolingRate, batch, steps, overshoot, candidates);
  }

  public UniversalDeepFool foolingRate(double foolingRate) {
    return new UniversalDeepFool(ball, epochs, foolingRate, batch, steps, overshoot, candidates);
  }

  public UniversalDeepFool batch(int batch) {
    return new UniversalDeepFool(ball, epochs, foolingRate, batch, steps, overshoot, candidates);
  }

  /**
   * Learns from data.
   *
   * @param rng the order of the examples
   * @throws dev.bagel.adversarial.AttackException if a score or a gradient is not finite
   */
  public Learned<UniversalPerturbation> fit(
      Classifier f, Dataset data, Rng rng, Progress progress) {
    int[] clean = decisions(f, data, Tensor.zeros(data.example()));
    Batches batches = new Batches(data.size(), batch, rng);
    Tensor v = Tensor.zeros(data.example());
    List<Double> curve = new ArrayList<>();
    Cost cost = new Cost(0, data.size());
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int[] rows : batches.epoch(epoch)) {
        Tensor x = f.bounds().clip(data.batch(rows).x().add(v));
        Found found = ways(f, x, pick(clean, rows));
        v = UniversalPerturbation.projected(v.add(meanWay(found, x)), ball);
        cost = cost.plus(found.cost());
      }
      int[] now = decisions(f, data, v);
      cost = cost.plus(new Cost(0, data.size()));
      long fooled = IntStream.range(0, now.length).filter(i -> now[i] != clean[i]).count();
      curve.add((double) fooled / data.size());
      progress.at(epoch + 1, epochs, toString());
      if (curve.get(epoch) >= foolingRate) {
        break;
      }
    }
    return new Learned<>(new UniversalPerturbation(v, ball), curve, cost);
  }

  /** DeepFool from where v has brought the examples. */
  private Found ways(Classifier f, Tensor x, int... classes) {
    DeepFool walk = new DeepFool(Norm.L2, steps, candidates, overshoot);
    return walk.on(f, x, Goal.untargeted(classes), Seeds.of(0, classes.length)); // draws nothing
  }

  /** The mean way of those who had to go and arrived, shaped like one input; 0 if there is none. */
  private static Tensor meanWay(Found found, Tensor x) {
    double[] length = Ball.distances(Norm.L2, found.x(), x);
    int[] gone = IntStream.range(0, length.length).filter(i -> length[i] > 0).toArray();
    Shape one = x.shape().sub(1, x.shape().rank());
    if (gone.length == 0) {
      return Tensor.zeros(one);
    }
    Tensor all = found.x().sub(x).rows(gone).sumTo(x.shape().with(0, 1));
    return all.mul(1f / gone.length).reshape(one);
  }

  private static int[] decisions(Classifier f, Dataset data, Tensor v) {
    int most = 512;
    int[] all = new int[data.size()];
    for (int from = 0; from < all.length; from += most) {
      int[] rows = IntStream.range(from, Math.min(all.length, from + most)).toArray();
      int[] part = Decision.of(f, f.bounds().clip(data.batch(rows).x().add(v)));
      System.arraycopy(part, 0, all, from, part.length);
    }
    return all;
  }

  private static int[] pick(int[] from, int... which) {
    return Arrays.stream(which).map(i -> from[i]).toArray();
  }
}
