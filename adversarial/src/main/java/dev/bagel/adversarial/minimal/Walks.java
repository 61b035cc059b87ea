package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Limit;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The walks of a batch, one for each example: their questions are put to the model together, and
 * each hears its own replies. Walks that are over leave the batch.
 */
final class Walks {
  private Walks() {}

  /**
   * Lets every example walk that has not reached its goal already.
   *
   * @param measure how far a perturbation is, in units of the box
   * @param begin a walk for an example
   */
  static Found of(
      Classifier f,
      Tensor x,
      Goal goal,
      ToDoubleFunction<float[]> measure,
      Function<Example, Walk> begin) {
    Found nothing = new Found(x, new boolean[x.shape().dim(0)], Cost.NONE);
    return from(nothing, f, x, goal, measure, begin);
  }

  /**
   * The same after another attack, whose finds stay where no walk comes to a nearer point.
   *
   * @param begin a walk for an example; null if there is none that could begin
   */
  static Found from(
      Found before,
      Classifier f,
      Tensor x,
      Goal goal,
      ToDoubleFunction<float[]> measure,
      Function<Example, Walk> begin) {
    int n = x.shape().dim(0);
    if (n == 0 || Limit.isOver(f)) {
      return before;
    }
    Tensor scores = f.scores(x);
    Decision.of(scores); // refuses NaN
    boolean[] success = goal.reached(scores);
    Inquiry inquiry = new Inquiry(f, x.shape(), goal);
    List<Example> examples = examples(f.bounds(), x, scores, goal, success, measure);
    go(f, examples, begin, inquiry);
    float[] found = x.toArray();
    int d = found.length / n;
    for (Example e : examples) {
      boolean was = before.success()[e.row];
      success[e.row] = was || e.isFound();
      boolean nearer = e.isFound() && !(was && e.distanceTo(before.x()) < e.distance());
      if (success[e.row]) {
        float[] point = nearer ? e.toInput(e.nearest()) : e.of(before.x());
        System.arraycopy(point, 0, found, e.row * d, d);
      }
    }
    Cost cost = before.cost().plus(inquiry.cost()).plus(new Cost(0, n));
    return new Found(Tensor.wrap(x.shape(), found), success, cost);
  }

  /** Those that have not reached their goal. */
  private static List<Example> examples(
      Bounds bounds,
      Tensor x,
      Tensor scores,
      Goal goal,
      boolean[] reached,
      ToDoubleFunction<float[]> measure) {
    int n = goal.size();
    float[] labels = new float[n];
    float[] targets = new float[n];
    goal.fill(scores.shape().dim(1), labels, targets);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int target = goal instanceof Goal.Targeted ? (int) targets[i] : -1;
      if (!reached[i]) {
        float[] z = scores.slice(i, i + 1).toArray();
        float[] input = x.slice(i, i + 1).toArray();
        int label = goal.isLabelled() ? (int) labels[i] : -1;
        examples.add(new Example(i, input, bounds, label, target, z, measure));
      }
    }
    return examples;
  }

  private static void go(
      Classifier f, List<Example> examples, Function<Example, Walk> begin, Inquiry inquiry) {
    Map<Example, Walk> walking = new LinkedHashMap<>();
    for (Example e : examples) {
      Walk walk = begin.apply(e);
      if (walk != null) {
        walking.put(e, walk);
      }
    }
    while (!walking.isEmpty() && !Limit.isOver(f)) {
      Map<Example, List<Question>> questions = new LinkedHashMap<>();
      walking.forEach((e, walk) -> questions.put(e, walk.ask()));
      walking.keySet().removeIf(e -> questions.get(e).isEmpty());
      Map<Example, Reply[]> replies = inquiry.replies(questions);
      List<Example> heard = List.copyOf(walking.keySet());
      Parallel.run(
          heard.size(),
          i -> {
            Example e = heard.get(i);
            tell(e, walking.get(e), questions.get(e), List.of(replies.get(e)));
          });
    }
  }

  private static void tell(Example e, Walk walk, List<Question> questions, List<Reply> replies) {
    for (int j = 0; j < replies.size(); j++) {
      if (walk.counts(replies.get(j))) {
        e.offer(questions.get(j).point());
      }
    }
    walk.hear(replies);
  }
}
