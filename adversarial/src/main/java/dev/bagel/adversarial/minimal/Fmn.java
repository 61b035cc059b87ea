package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Cost;
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
 * @param norm any
 * @param steps how many; α and γ fall along a cosine
 * @param alpha the first step, in widths of the box; the last one is a hundredth of it
 * @param gamma the first γ; the last one is 0.001
 * @param start an attack whose finds are where it begins, if there is one; where it fails, and
 *     without it, δ begins at 0
 */
public record Fmn(Norm norm, int steps, double alpha, double gamma, Optional<Attack> start)
    implements MinimalAttack {
  private static final double LAST_GAMMA = 0.001;

  public Fmn {
    Settings.atLeast("steps", steps, 1);
    Settings.positive("alpha", alpha);
    Settings.share("gamma", gamma);
  }

  /** 100 steps, α from 1 to 0.01, γ from 0.05: the settings of Foolbox. */
  public static Fmn in(Norm norm) {
    return new Fmn(norm, 100, 1, 0.05, Optional.empty());
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

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    if (start.isEmpty()) {
      return Walks.of(f, x, goal, norm::length, e -> new Shrinking(e, e.origin), Cost.NONE);
    }
    Found found = start.get().on(f, x, goal, seeds);
    return Walks.of(
        f,
        x,
        goal,
        norm::length,
        e -> new Shrinking(e, found.success()[e.row] ? e.toUnits(found.x()) : e.origin),
        found.cost());
  }

  private final class Shrinking implements Walk {
    private final Cosine alphas = new Cosine(alpha, alpha / 100, steps);
    private final Cosine gammas = new Cosine(gamma, LAST_GAMMA, steps);
    private final Example e;
    private final double farthest;
    private float[] x;
    private double epsilon;
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
      epsilon = Math.min(farthest, norm == Norm.L0 ? elements(reply, g) : radius(reply, delta, g));
      float[] up = Norm.L2.ascent(e.movable(reply.gradient(), x));
      float[] climbed = Vectors.sum(delta, alphas.at(step), up);
      x = e.at(norm.project(e.delta(e.at(climbed)), epsilon)); // the box first: see Norm.confine
      step++;
    }

    private double radius(Reply reply, float[] delta, double g) {
      if (reply.reached()) {
        return Math.min(epsilon * (1 - g), e.distance());
      }
      if (e.isFound()) {
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
          ? Math.max(
              0, Math.min(Math.min(epsilon - 1, Math.floor(epsilon * (1 - g))), e.distance()))
          : Math.max(epsilon + 1, Math.floor(epsilon * (1 + g)));
    }
  }
}
