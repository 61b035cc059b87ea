package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * The first attack on neural networks: the cross-entropy against the distance, by L-BFGS in the
 * box, with a search for the constant c between them. Szegedy et al. 2014, §4.1.
 *
 * <pre>{@code minimise ‖x − x0‖₂² + c · loss(x),  x in the box}</pre>
 *
 * The loss is −log p_t, or untargeted −log (1 − p_y). The paper's distance is ‖x − x0‖ without the
 * square, which has a kink at the input; every implementation takes the square.
 *
 * @param searches how many constants c are tried for each example
 * @param steps looks at the model for each of them, at most
 * @param c the first constant
 */
public record Lbfgs(int searches, int steps, double c) implements MinimalAttack {
  private static final double CONVERGED = 1e-9; // relative fall of the loss

  public Lbfgs {
    Settings.atLeast("searches", searches, 1);
    Settings.atLeast("steps", steps, 1);
    Settings.positive("c", c);
  }

  /** 10 constants from 0.01 on, 150 looks for each, as in the first Foolbox. */
  public static Lbfgs attack() {
    return new Lbfgs(10, 150, 0.01);
  }

  public Lbfgs searches(int searches) {
    return new Lbfgs(searches, steps, c);
  }

  public Lbfgs steps(int steps) {
    return new Lbfgs(searches, steps, c);
  }

  public Lbfgs c(double c) {
    return new Lbfgs(searches, steps, c);
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, Norm.L2::length, Descent::new);
  }

  private final class Descent implements Walk {
    private final Example e;
    private final Tradeoff tradeoff = new Tradeoff(c);
    private QuasiNewton descent;
    private int search;
    private int step;
    private boolean succeeded;

    Descent(Example e) {
      this.e = e;
      begin();
    }

    private void begin() {
      step = 0;
      succeeded = false;
      descent = new QuasiNewton(e.origin, e::clip);
    }

    @Override
    public List<Question> ask() {
      return search == searches
          ? List.of()
          : List.of(Question.slope(Surrogate.crossEntropy(), descent.point()));
    }

    /** The surrogate is u, the log of the odds: −log p = log (1 + e⁻ᵘ), and its slope −σ(−u). */
    @Override
    public void hear(List<Reply> replies) {
      Reply reply = replies.get(0);
      float[] delta = e.delta(descent.point());
      double u = reply.value();
      double loss = Math.max(0, -u) + Math.log1p(Math.exp(-Math.abs(u)));
      double slope = -tradeoff.c() / (1 + Math.exp(u));
      boolean stays =
          descent.take(
              Vectors.dot(delta, delta) + tradeoff.c() * loss,
              Vectors.sum(Vectors.scaled(delta, 2), slope, reply.gradient()));
      succeeded = stays ? reply.reached() : succeeded; // points on the way say nothing about c
      if (++step == steps || descent.hasConverged(CONVERGED)) {
        tradeoff.tried(succeeded);
        search++;
        begin();
      }
    }
  }
}
