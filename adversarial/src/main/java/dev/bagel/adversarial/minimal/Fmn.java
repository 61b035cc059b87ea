package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The fast minimum-norm attack: the radius of the ball goes down after a success and up after a
 * failure, by the linearised distance to the boundary until there was a success; δ climbs and is
 * projected onto the ball. Pintor et al. 2021, Algorithm 1.
 *
 * <pre>{@code
 * ε ← min(ε (1 − γ), ‖δ*‖)                         where x + δ reaches the goal
 *   ← ‖δ‖ + |margin| / ‖∇‖_q, later ε (1 + γ)       where it does not
 * δ ← Π_ε(δ + α · ∇/‖∇‖₂)
 * }</pre>
 *
 * <p>It goes from the input and, in the same batches, from a point that reaches the goal already,
 * drawn in to the boundary; the nearer find counts. The paper has either. Around the inputs of a
 * net with masked gradients linearised distances are far too short, so that a quarter of the walks
 * from there find nothing, and the others find what is twice as far as what they come to from
 * outside; of an ordinary net it is the walk from the input that ends nearer.
 *
 * @param norm any
 * @param steps how many, of each walk; α and γ fall along a cosine
 * @param alpha the first step, in widths of the box; the last one is a hundredth of it
 * @param gamma the first γ; the last one is 0.001
 * @param start an attack from whose finds the second walk goes; where it fails, and without it,
 *     there is but the first
 */
public record Fmn(Norm norm, int steps, double alpha, double gamma, Optional<Attack> start)
    implements MinimalAttack {
  private static final double LAST_GAMMA = 0.001;
  private static final int HALVINGS = 10;

  public Fmn {
    Settings.atLeast("steps", steps, 1);
    Settings.positive("alpha", alpha);
    Settings.share("gamma", gamma);
  }

  /**
   * 300 steps, α from 1 to 0.01, γ from 0.05. The second walk begins at noise, in ℓ2 and ℓ0 at what
   * this attack finds in ℓ1: that is noise without the many elements that it does not need. Foolbox
   * has 100 steps and no second walk.
   */
  public static Fmn in(Norm norm) {
    Attack start =
        switch (norm) {
          case L1, LINF -> new RandomStart(1000).then(new Crossing(200));
          case L2, L0 -> in(Norm.L1);
        };
    return new Fmn(norm, 300, 1, 0.05, Optional.of(start));
  }

  public Fmn steps(int steps) {
    return new Fmn(norm, steps, alpha, gamma, start);
  }

  public Fmn alpha(double alpha) {
    return new Fmn(norm, steps, alpha, gamma, start);
  }

  public Fmn gamma(double gamma) {
    return new Fmn(norm, steps, alpha, gamma, start);
  }

  public Fmn start(Attack start) {
    return new Fmn(norm, steps, alpha, gamma, Optional.of(start));
  }

  /** From the input only: half the gradients. */
  public Fmn withoutStart() {
    return new Fmn(norm, steps, alpha, gamma, Optional.empty());
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (start.isEmpty()) {
      return Walks.of(f, x, goal, norm::length, e -> new Shrinking(e, e.origin));
    }
    Found anywhere = start.get().on(f, x, goal, seeds);
    Found found = DrawnIn.of(f, x, goal, norm, HALVINGS, anywhere);
    return Walks.from(found, f, x, goal, norm::length, e -> walk(e, found));
  }

  private Walk walk(Example e, Found found) {
    Walk out = new Shrinking(e, e.origin);
    return found.success()[e.row]
        ? new Together(List.of(out, new Shrinking(e, e.toUnits(found.x()))))
        : out;
  }

  private final class Shrinking implements Walk {
    private final Cosine alphas = new Cosine(alpha, alpha / 100, steps);
    private final Cosine gammas = new Cosine(gamma, LAST_GAMMA, steps);
    private final Example e;
    private final double farthest;
    private float[] x;
    private double epsilon;
    private double nearest = Double.POSITIVE_INFINITY;
    private int step;

    Shrinking(Example e, float[] start) {
      this.e = e;
      x = start;
      farthest = e.farthest(norm);
      epsilon = norm == Norm.L0 ? Math.max(1, norm.length(e.delta(x))) : farthest;
    }

    @Override
    public List<Question> ask() {
      return step == steps ? List.of() : List.of(Question.slope(Surrogate.margin(), x));
    }

    @Override
    public void hear(List<Reply> replies) {
      Reply reply = replies.get(0);
      float[] delta = e.delta(x);
      double g = gammas.at(step);
      nearest = reply.reached() ? Math.min(nearest, norm.length(delta)) : nearest;
      epsilon = Math.min(farthest, norm == Norm.L0 ? elements(reply, g) : radius(reply, delta, g));
      float[] up = Norm.L2.ascent(e.movable(reply.gradient(), x));
      float[] climbed = Vectors.sum(delta, alphas.at(step), up);
      x = e.at(norm.project(e.delta(e.at(climbed)), epsilon)); // the box first: see Norm.confine
      step++;
    }

    private double radius(Reply reply, float[] delta, double g) {
      if (reply.reached()) {
        return Math.min(epsilon * (1 - g), nearest);
      }
      if (Double.isFinite(nearest)) {
        return epsilon * (1 + g);
      }
      double slope = Math.max(norm.dual().length(e.movable(reply.gradient(), x)), Norm.TINY);
      double missing =
          Math.abs(reply.value()) + 2 * reply.rounding(); // not only up to the boundary
      return norm.length(delta) + missing / slope;
    }

    /** At least one element more or less. */
    private double elements(Reply reply, double g) {
      return reply.reached()
          ? Math.max(0, Math.min(Math.min(epsilon - 1, Math.floor(epsilon * (1 - g))), nearest))
          : Math.max(epsilon + 1, Math.floor(epsilon * (1 + g)));
    }
  }
}
