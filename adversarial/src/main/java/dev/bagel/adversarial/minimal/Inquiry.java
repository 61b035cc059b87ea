package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Slope;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The model as walks see it: it answers the questions of many in few batches, and counts them. */
final class Inquiry {
  /** Scores of one input in batches of different sizes differ by less, relative to the largest. */
  private static final double ROUNDING = 1e-5;

  /** Where a reply goes, and in which place. */
  private record Asked(Question question, Example example, Reply[] replies, int place) {}

  /** What can be asked of the model in one batch. */
  private record Kind(Surrogate surrogate, boolean targeted) {}

  private final Classifier f;
  private final Shape shape;
  private final Goal goal;
  private final int d;
  private final float scale;
  private Cost cost = Cost.NONE;

  Inquiry(Classifier f, Shape shape, Goal goal) {
    this.f = f;
    this.shape = shape;
    this.goal = goal;
    d = shape.size() / shape.dim(0);
    scale = Example.unit(f.bounds());
  }

  /** What was asked so far. */
  Cost cost() {
    return cost;
  }

  /** Asks the questions of all walks, those of one kind together. */
  Map<Example, Reply[]> replies(Map<Example, List<Question>> questions) {
    Map<Example, Reply[]> replies = new LinkedHashMap<>();
    Map<Kind, List<Asked>> kinds = new LinkedHashMap<>();
    questions.forEach(
        (e, asked) -> {
          Reply[] own = new Reply[asked.size()];
          replies.put(e, own);
          for (int j = 0; j < own.length; j++) {
            Question q = asked.get(j);
            boolean targeted = q.target() >= 0 || e.target >= 0;
            kinds
                .computeIfAbsent(new Kind(q.surrogate(), targeted), k -> new ArrayList<>())
                .add(new Asked(q, e, own, j));
          }
        });
    kinds.forEach(
        (kind, all) -> {
          for (int from = 0; from < all.size(); from += Attack.BATCH) {
            reply(kind, all.subList(from, Math.min(all.size(), from + Attack.BATCH)));
          }
        });
    return replies;
  }

  private void reply(Kind kind, List<Asked> asked) {
    int n = size(asked.size()); // the last one again, to fill up
    float[] points = new float[n * d];
    int[] labels = new int[n];
    int[] targets = new int[n];
    for (int r = 0; r < n; r++) {
      Asked a = asked.get(Math.min(r, asked.size() - 1));
      System.arraycopy(a.example.toInput(a.question.point()), 0, points, r * d, d);
      labels[r] = a.example.label;
      targets[r] = a.question.target() >= 0 ? a.question.target() : a.example.target;
    }
    Tensor x = Tensor.wrap(shape.with(0, n), points);
    if (kind.surrogate == null) {
      cost = cost.plus(new Cost(0, asked.size()));
      Tensor scores = f.scores(x);
      deliver(asked, scores, null, reached(asked, scores));
    } else {
      goal.labels(); // or it has none, and says so
      Goal aim = kind.targeted ? Goal.targeted(labels, targets) : Goal.untargeted(labels);
      cost = cost.plus(new Cost(asked.size(), 0));
      Slope s = Slope.at(f, kind.surrogate, x, aim);
      deliver(asked, s.scores(), s, reached(asked, s.scores()));
    }
  }

  /** Few sizes, so that few plans are made: at most a third of a batch is there to fill it up. */
  private static int size(int n) {
    int power = Integer.highestOneBit(n);
    return n == power ? n : n <= power + power / 2 ? power + power / 2 : 2 * power;
  }

  private boolean[] reached(List<Asked> asked, Tensor scores) {
    int[] rows = asked.stream().mapToInt(a -> a.example.row).toArray();
    return surelyReached(goal.rows(rows), scores.slice(0, rows.length));
  }

  /** For which examples a goal is reached, and would be if rounding took something from it. */
  static boolean[] surelyReached(Goal goal, Tensor scores) {
    boolean[] now = goal.reached(scores);
    int k = now.length == 0 ? 0 : scores.size() / now.length;
    float[] less = scores.toArray();
    float[] labels = new float[now.length];
    float[] targets = new float[now.length];
    goal.fill(k, labels, targets);
    for (int r = 0; r < now.length && goal.isLabelled(); r++) {
      float rounding = (float) rounding(less, r * k, k);
      if (goal instanceof Goal.Targeted) {
        less[r * k + (int) targets[r]] -= rounding;
      } else {
        less[r * k + (int) labels[r]] += rounding;
      }
    }
    boolean[] still = goal.reached(Tensor.wrap(scores.shape(), less));
    for (int r = 0; r < now.length; r++) {
      now[r] &= still[r];
    }
    return now;
  }

  private static double rounding(float[] scores, int from, int k) {
    double most = 0;
    for (int j = from; j < from + k; j++) {
      most = Math.max(most, Math.abs(scores[j]));
    }
    return ROUNDING * most;
  }

  private void deliver(List<Asked> asked, Tensor scores, Slope slope, boolean[] reached) {
    int k = scores.shape().dim(1);
    for (int r = 0; r < asked.size(); r++) {
      float[] z = Arrays.copyOfRange(scores.array(), r * k, (r + 1) * k);
      double rounding = rounding(z, 0, k);
      Asked a = asked.get(r);
      a.replies[a.place] =
          slope == null
              ? new Reply(reached[r], rounding, z, Double.NaN, null)
              : new Reply(reached[r], rounding, z, slope.values().get(r), gradient(slope, r));
    }
  }

  private float[] gradient(Slope slope, int r) {
    float[] g = Arrays.copyOfRange(slope.gradient().array(), r * d, (r + 1) * d);
    return scale == 1 ? g : Vectors.scaled(g, scale);
  }
}
