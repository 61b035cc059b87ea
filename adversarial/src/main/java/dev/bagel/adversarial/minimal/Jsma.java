package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The Jacobian-based saliency map attack: of all pairs of elements the one is moved that raises the
 * target's score most and lowers the others'; again, until the target is reached. Papernot et al.
 * 2016, Algorithm 3.
 *
 * <pre>{@code
 * α = ∂z_t/∂x_p + ∂z_t/∂x_q,  β = Σ_{j≠t} (∂z_j/∂x_p + ∂z_j/∂x_q)
 * (p, q) = argmax −α β  with α > 0 > β
 * }</pre>
 *
 * <p>The derivatives are those of the scores. An untargeted attack aims, in every step, at the
 * class that is nearest to winning. A pair that is at the side of the box is not looked at again.
 *
 * @param theta how far an element moves in one step, in widths of the box; negative: downwards
 * @param share at most this share of the elements changes
 */
public record Jsma(double theta, double share) implements MinimalAttack {
  /** Pairs are looked for among the elements that promise most: all of them up to this number. */
  private static final int CANDIDATES = 1024;

  public Jsma {
    if (!(Math.abs(theta) > 0) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("theta = " + theta + ": elements must move");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share = " + share + ": above 0, at most 1");
    }
  }

  /** θ = 1, and at most 14.5 % of the elements: the paper's settings for MNIST. */
  public static Jsma attack() {
    return new Jsma(1, 0.145);
  }

  public Jsma theta(double theta) {
    return new Jsma(theta, share);
  }

  public Jsma share(double share) {
    return new Jsma(theta, share);
  }

  @Override
  public Norm norm() {
    return Norm.L0;
  }

  /**
   * {@inheritDoc}
   *
   * @throws AttackException if the model's inputs have no bounds that elements could be moved to
   */
  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (!f.bounds().isClosed()) {
      throw new AttackException(
          "JSMA moves elements by widths of the box, and the bounds "
              + f.bounds()
              + " have no width: give the model finite bounds");
    }
    return Walks.of(f, x, goal, Norm.L0::length, Saliency::new);
  }

  /** z_t. */
  private record Score() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return z.pick(aim.targets());
    }
  }

  /** Σ_j z_j. */
  private record Total() implements Surrogate {
    @Override
    public Var of(Var z, Aim aim) {
      return z.sumEach();
    }
  }

  private final class Saliency implements Walk {
    private final Example e;
    private float[] x;
    private float[] scores;
    private boolean over;

    Saliency(Example e) {
      this.e = e;
      x = e.origin;
      scores = e.scores;
    }

    @Override
    public List<Question> ask() {
      double changed = Norm.L0.length(e.delta(x));
      if (over || e.isFound() || changed > share * x.length) {
        return List.of();
      }
      int t = target();
      return List.of(Question.slope(new Score(), x, t), Question.slope(new Total(), x, t));
    }

    private int target() {
      return e.target >= 0
          ? e.target
          : IntStream.range(0, scores.length)
              .filter(k -> k != e.label)
              .boxed()
              .max(Comparator.comparingDouble(k -> scores[k]))
              .orElse(e.label);
    }

    @Override
    public void hear(List<Reply> replies) {
      float[] alpha = replies.get(0).gradient();
      float[] beta = Vectors.difference(replies.get(1).gradient(), alpha);
      scores = replies.get(0).scores();
      int[] pair = pair(alpha, beta);
      over = pair.length == 0;
      x = x.clone();
      for (int i : pair) {
        x[i] = e.clip((float) (x[i] + theta));
      }
    }

    /** The most salient pair of elements that can move; none if no pair does what it should. */
    private int[] pair(float[] alpha, float[] beta) {
      double up = Math.signum(theta);
      int[] movable =
          IntStream.range(0, x.length)
              .filter(i -> e.clip((float) (x[i] + theta)) != x[i])
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -up * (alpha[i] - beta[i])))
              .limit(CANDIDATES)
              .mapToInt(i -> i)
              .toArray();
      double most = 0;
      int[] best = {};
      for (int p = 0; p < movable.length; p++) {
        for (int q = p + 1; q < movable.length; q++) {
          double a = up * (alpha[movable[p]] + alpha[movable[q]]);
          double b = up * (beta[movable[p]] + beta[movable[q]]);
          if (a > 0 && b < 0 && -a * b > most) {
            most = -a * b;
            best = new int[] {movable[p], movable[q]};
          }
        }
      }
      return best;
    }
  }
}
