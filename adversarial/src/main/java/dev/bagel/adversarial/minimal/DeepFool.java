package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes the model for linear where it stands, and goes to the nearest of the boundaries between the
 * label and other classes; again, until one is crossed. Moosavi-Dezfooli et al. 2016, Algorithm 2.
 *
 * <pre>{@code
 * l = argmin_k |z_k − z_y| / ‖∇z_k − ∇z_y‖_q
 * r ← r + |z_l − z_y| / ‖w_l‖_q · ascent(w_l),   x ← x0 + (1 + overshoot) · r
 * }</pre>
 *
 * A targeted one goes to where the target's score meets the largest of the others.
 *
 * @param norm ℓ2 or ℓ∞
 * @param steps at most so many
 * @param candidates the classes with the largest scores of the input, the label among them, are the
 *     ones that are looked at
 * @param overshoot how much farther than to the boundary it goes, relative to the way there
 */
public record DeepFool(Norm norm, int steps, int candidates, double overshoot)
    implements MinimalAttack {
  public DeepFool {
    if (norm != Norm.L2 && norm != Norm.LINF) {
      throw new AttackException("DeepFool in " + norm.label() + ": it is for l2 and linf");
    }
    Settings.atLeast("steps", steps, 1);
    Settings.atLeast("candidates", candidates, 2);
    Settings.atLeast("overshoot", overshoot, 0);
  }

  /** 50 steps, 10 candidates, 2 % overshoot: Foolbox's settings, and the paper's but for steps. */
  public static DeepFool in(Norm norm) {
    return new DeepFool(norm, 50, 10, 0.02);
  }

  public DeepFool steps(int steps) {
    return new DeepFool(norm, steps, candidates, overshoot);
  }

  public DeepFool candidates(int candidates) {
    return new DeepFool(norm, steps, candidates, overshoot);
  }

  public DeepFool overshoot(double overshoot) {
    return new DeepFool(norm, steps, candidates, overshoot);
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, norm::length, Fall::new);
  }

  private final class Fall implements Walk {
    private final Example e;
    private final int[] rivals;
    private float[] r;
    private int step;

    Fall(Example e) {
      this.e = e;
      r = new float[e.origin.length];
      rivals =
          IntStream.range(0, e.scores.length)
              .filter(k -> k != e.label)
              .boxed()
              .sorted((j, k) -> Float.compare(e.scores[k], e.scores[j]))
              .limit(candidates - 1L)
              .mapToInt(k -> k)
              .toArray();
    }

    @Override
    public List<Question> ask() {
      if (e.isFound() || step == steps) {
        return List.of();
      }
      float[] x = e.at(Vectors.scaled(r, 1 + overshoot));
      return e.target >= 0
          ? List.of(Question.slope(Surrogate.margin(), x))
          : IntStream.of(rivals)
              .mapToObj(k -> Question.slope(Surrogate.difference(), x, k))
              .toList();
    }

    @Override
    public void hear(List<Reply> replies) {
      step++;
      Reply nearest = null;
      double least = Double.POSITIVE_INFINITY;
      for (Reply reply : replies) {
        double q = norm.dual().length(reply.gradient());
        double distance = missing(reply) / Math.max(q, Norm.TINY);
        if (distance < least) {
          least = distance;
          nearest = reply;
        }
      }
      if (nearest != null) {
        r = Vectors.sum(r, least, norm.ascent(nearest.gradient()));
      }
    }

    /** What a score lacks to lie above the label's, by more than rounding. */
    private static double missing(Reply reply) {
      return Math.abs(reply.value()) + 2 * reply.rounding();
    }
  }
}
