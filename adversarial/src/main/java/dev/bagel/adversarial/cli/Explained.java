package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.IntegratedGradients;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.nn.Progress;
import dev.bagel.nn.Scores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some inputs, their maps, and what the model says of them.
 *
 * @param question what was asked
 * @param map the answer
 * @param scores the model's
 * @param residuals what is missing from completeness, for integrated gradients; null otherwise
 */
record Explained(Question question, Heatmap map, Scores scores, double[] residuals) {
  private static final int LIKELIEST = 3;

  static Explained of(Explanation explanation, Question q, Progress progress) {
    Heatmap map = explanation.heatmap(q.progress(progress));
    return new Explained(
        q,
        map,
        new Scores(q.model().scores(q.x()), q.classes()),
        explanation instanceof IntegratedGradients ig ? ig.residuals(q, map) : null);
  }

  /** The likeliest classes of input {@code i}, and the one in question if it is not among them. */
  List<Integer> classes(int i) {
    double[] p = scores.probabilities(i);
    List<Integer> classes =
        new ArrayList<>(
            IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparing(k -> -p[k]))
                .limit(LIKELIEST)
                .toList());
    if (!classes.contains(question.classes()[i])) {
      classes.add(question.classes()[i]);
    }
    return classes;
  }

  /**
   * The largest of the residuals as a share of the difference of scores that it is missing from.
   */
  double worstResidual() {
    double worst = 0;
    for (int i = 0; i < residuals.length; i++) {
      worst = Math.max(worst, Math.abs(residuals[i] / (map.sum(i) - residuals[i])));
    }
    return worst;
  }
}
