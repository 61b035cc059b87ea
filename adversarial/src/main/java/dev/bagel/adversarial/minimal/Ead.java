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
 * The elastic-net attack: Carlini and Wagner's loss with an ℓ1 term, by accelerated
 * shrinkage-thresholding. Chen et al. 2018, Algorithm 1.
 *
 * <pre>{@code
 * minimise c · max(κ − margin(x), 0) + ‖x − x0‖₂² + β‖x − x0‖₁
 * x' = S_β(y − α ∇(…)(y)),   y ← x' + k/(k + 3) · (x' − x)
 * }</pre>
 *
 * As in the authors' code the threshold of S is β itself, not α β: the weight of the ℓ1 term is in
 * truth β / α.
 *
 * @param searches how many constants c are tried for each example
 * @param steps for each of them; α falls with the square root of those that are left
 * @param alpha the first step, in widths of the box
 * @param confidence κ, by which the wanted score must be above the others
 * @param c the first constant
 * @param beta the threshold, in widths of the box
 * @param rule which of the points found is the nearest
 * @param abortEarly whether a constant is given up when a tenth of the steps brought less than one
 *     part in ten thousand
 */
public record Ead(
    int searches,
    int steps,
    double alpha,
    double confidence,
    double c,
    double beta,
    Rule rule,
    boolean abortEarly)
    implements MinimalAttack {
  /** What is near, among points that reach the goal. */
  public enum Rule {
    /** ‖δ‖₂² + β‖δ‖₁. */
    EN,
    /** ‖δ‖₁. */
    L1
  }

  public Ead {
    Settings.atLeast("searches", searches, 1);
    Settings.atLeast("steps", steps, 1);
    Settings.positive("alpha", alpha);
    Settings.atLeast("confidence", confidence, 0);
    Settings.positive("c", c);
    Settings.atLeast("beta", beta, 0);
  }

  /** 9 constants from 10⁻³ on, 10,000 steps from 0.01, β = 0.01, EN: the settings of Foolbox. */
  public static Ead attack() {
    return new Ead(9, 10_000, 0.01, 0, 1e-3, 0.01, Rule.EN, true);
  }

  public Ead searches(int searches) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead steps(int steps) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead alpha(double alpha) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead confidence(double confidence) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead c(double c) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead beta(double beta) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead rule(Rule rule) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  public Ead abortEarly(boolean abortEarly) {
    return new Ead(searches, steps, alpha, confidence, c, beta, rule, abortEarly);
  }

  @Override
  public Norm norm() {
    return Norm.L1;
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, this::measure, Descent::new);
  }

  private double measure(float[] delta) {
    double l1 = Norm.L1.length(delta);
    return rule == Rule.L1 ? l1 : beta * l1 + Vectors.dot(delta, delta);
  }

  private final class Descent implements Walk {
    private final Example e;
    private final Tradeoff tradeoff = new Tradeoff(c);
    private int search;
    private int step;
    private boolean succeeded;
    private Stall stall;
    private float[] x;
    private float[] y;

    Descent(Example e) {
      this.e = e;
      begin();
    }

    private void begin() {
      step = 0;
      succeeded = false;
      stall = new Stall(steps);
      x = e.origin;
      y = e.origin;
    }

    /** The iterate is where success is looked for, the extrapolated point where the slope is. */
    @Override
    public List<Question> ask() {
      return search == searches
          ? List.of()
          : List.of(Question.scores(x), Question.slope(Surrogate.margin(), y));
    }

    @Override
    public boolean counts(Reply reply) {
      return reply.reached() && e.margin(reply.scores()) >= confidence;
    }

    @Override
    public void hear(List<Reply> replies) {
      Reply slope = replies.get(1);
      float[] delta = e.delta(y);
      double hinge = Math.max(0, confidence + 2 * slope.rounding() - slope.value());
      double loss = measure(delta) + tradeoff.c() * hinge;
      succeeded |= counts(replies.get(0)) || counts(slope);
      if (step + 1 == steps || (abortEarly && stall.at(step + 1, loss))) {
        tradeoff.tried(succeeded);
        search++;
        begin();
        return;
      }
      double pull = hinge > 0 ? -tradeoff.c() : 0;
      float[] g = Vectors.sum(Vectors.scaled(delta, 2), pull, slope.gradient());
      float[] next = shrunk(Vectors.sum(y, -alpha * Math.sqrt(1 - (double) step / steps), g));
      y = Vectors.sum(next, step / (step + 3.0), Vectors.difference(next, x));
      x = next;
      step++;
    }

    /** S_β: towards the input by β, in the box; what is nearer than that is the input's. */
    private float[] shrunk(float[] z) {
      float[] point = new float[z.length];
      for (int i = 0; i < z.length; i++) {
        double delta = z[i] - e.origin[i];
        double left = Math.max(0, Math.abs(delta) - beta);
        point[i] = e.clip((float) (e.origin[i] + Math.signum(delta) * left));
      }
      return point;
    }
  }
}
