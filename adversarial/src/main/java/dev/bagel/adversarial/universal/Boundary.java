package dev.bagel.adversarial.universal;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The ways of a batch's examples over the nearest boundaries of their classes, as if boundaries
 * were planes: Moosavi-Dezfooli et al. 2016, "DeepFool", Algorithm 2.
 */
final class Boundary {
  private final UniversalDeepFool settings;
  private final Classifier f;
  private final Tensor start;
  private final int[] labels;
  private final int d;
  private final float[] way; // r of every example, overshoot included
  private int[] walking; // who has not arrived
  private int[] walkers; // who had to go
  private Cost cost = Cost.NONE;

  Boundary(UniversalDeepFool settings, Classifier f, Tensor start, int... labels) {
    this.settings = settings;
    this.f = f;
    this.start = start;
    this.labels = labels;
    d = start.size() / labels.length;
    way = new float[start.size()];
    walking = IntStream.range(0, labels.length).toArray();
    for (int step = 0; step <= settings.steps() && walking.length > 0; step++) {
      Tensor scores = f.scores(here());
      cost = cost.plus(new Cost(0, walking.length));
      boolean[] over = Goal.untargeted(labels).rows(walking).reached(scores);
      int[] rest = IntStream.range(0, over.length).filter(r -> !over[r]).toArray();
      walking = IntStream.of(rest).map(r -> walking[r]).toArray();
      walkers = step == 0 ? walking : walkers;
      if (step < settings.steps() && walking.length > 0) {
        advance(scores.rows(rest));
      }
    }
  }

  private Tensor here() {
    return f.bounds().clip(start.add(Tensor.of(start.shape(), way)).rows(walking));
  }

  /** r ← r + |z_k − z_y| / ‖w_k‖² · w_k for the class k whose plane is nearest; Eq. (8), (9). */
  private void advance(Tensor scores) {
    Tensor x = here();
    int[] from = Arrays.stream(walking).map(i -> labels[i]).toArray();
    int[][] order =
        IntStream.range(0, from.length)
            .mapToObj(r -> others(scores, r, from[r]))
            .toArray(int[][]::new);
    double[] nearest = new double[from.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    float[] move = new float[x.size()];
    for (int k = 0; k < Math.min(settings.candidates() - 1, order[0].length); k++) {
      final int rank = k;
      int[] to = Arrays.stream(order).mapToInt(o -> o[rank]).toArray();
      Slope slope = Slope.at(f, Surrogate.difference(), x, Goal.targeted(from, to));
      cost = cost.plus(new Cost(from.length, 0));
      for (int r = 0; r < from.length; r++) {
        consider(slope, r, nearest, move);
      }
    }
    for (int r = 0; r < from.length; r++) {
      for (int j = 0; j < d; j++) {
        way[walking[r] * d + j] += (float) ((1 + settings.overshoot()) * move[r * d + j]);
      }
    }
  }

  private void consider(Slope slope, int r, double[] nearest, float[] move) {
    double square = 0;
    for (int j = 0; j < d; j++) {
      double g = slope.gradient().get(r * d + j);
      square += g * g;
    }
    double gap = Math.abs(slope.values().get(r));
    if (!Double.isFinite(square + gap)) {
      throw new AttackException(
          settings + ": the gradient is not finite; check the model's weights");
    }
    double distance = gap / Math.sqrt(square);
    if (square > 0 && distance < nearest[r]) {
      nearest[r] = distance;
      for (int j = 0; j < d; j++) {
        move[r * d + j] = (float) (gap / square * slope.gradient().get(r * d + j));
      }
    }
  }

  /** The other classes, the likeliest first. */
  private static int[] others(Tensor scores, int row, int label) {
    int classes = scores.shape().dim(1);
    return IntStream.range(0, classes)
        .filter(k -> k != label)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -scores.get(row * classes + k)))
        .mapToInt(k -> k)
        .toArray();
  }

  /** The mean way of those who had to go and arrived, shaped like one input; 0 if there is none. */
  Tensor meanWay() {
    int[] arrived =
        IntStream.of(walkers).filter(i -> Arrays.binarySearch(walking, i) < 0).toArray();
    float[] mean = new float[d];
    for (int i : arrived) {
      for (int j = 0; j < d; j++) {
        mean[j] += way[i * d + j] / arrived.length;
      }
    }
    return Tensor.wrap(start.shape().sub(1, start.shape().rank()), mean);
  }

  Cost cost() {
    return cost;
  }
}
