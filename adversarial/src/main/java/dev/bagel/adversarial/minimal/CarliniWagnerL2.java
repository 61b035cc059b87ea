package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.List;

/**
 * Carlini and Wagner's ℓ2 attack: Adam on variables w that cannot leave the box, with a search for
 * the constant c. Carlini and Wagner 2017, §VI.A.
 *
 * <pre>{@code minimise ‖x(w) − x0‖² + c · max(κ − margin(x(w)), 0)}</pre>
 *
 * <p>An element at the edge of the box begins at w = ±7.25, from where steps of {@code rate} take
 * hundreds to bring it out: few steps want a larger rate. On an undefended net for MNIST 300 steps
 * of 0.1 end as near as 10,000 of 0.01, and 300 of 0.01 a tenth farther away. The full settings
 * take about 27,000 gradients for each example: a constant is given up after 3000 of its steps.
 *
 * <p>Each constant after the first success begins at a random point of the ball whose radius is the
 * nearest distance so far: the paper's several starting points, at no cost of their own (the
 * authors' code always begins at the input). On a provably trained net for MNIST that brought the
 * median distance of 15 constants from 2.25 to 1.53; {@link Fmn} comes to 1.43 there.
 *
 * @param searches how many constants c are tried for each example
 * @param steps of Adam for each of them
 * @param rate of Adam
 * @param confidence κ, by which the wanted score must be above the others
 * @param c the first constant
 * @param abortEarly whether a constant is given up when a tenth of the steps brought less than one
 *     part in ten thousand
 */
public record CarliniWagnerL2(
    int searches, int steps, double rate, double confidence, double c, boolean abortEarly)
    implements MinimalAttack {
  public CarliniWagnerL2 {
    Settings.atLeast("searches", searches, 1);
    Settings.atLeast("steps", steps, 1);
    Settings.positive("rate", rate);
    Settings.atLeast("confidence", confidence, 0);
    Settings.positive("c", c);
  }

  /** 9 constants from 10⁻³ on, 10,000 steps of 0.01: the authors' settings, and Foolbox's. */
  public static CarliniWagnerL2 attack() {
    return new CarliniWagnerL2(9, 10_000, 0.01, 0, 1e-3, true);
  }

  public CarliniWagnerL2 searches(int searches) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  public CarliniWagnerL2 steps(int steps) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  public CarliniWagnerL2 rate(double rate) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  public CarliniWagnerL2 confidence(double confidence) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  public CarliniWagnerL2 c(double c) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  public CarliniWagnerL2 abortEarly(boolean abortEarly) {
    return new CarliniWagnerL2(searches, steps, rate, confidence, c, abortEarly);
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(
        f, x, goal, Norm.L2::length, e -> new Descent(e, seeds.example(e.row).at("start")));
  }

  private final class Descent implements Walk {
    private final Example e;
    private final Rng rng;
    private final Variables variables;
    private final Tradeoff tradeoff = new Tradeoff(c);
    private int search;
    private int step;
    private boolean succeeded;
    private Stall stall;
    private Adam adam;
    private float[] w;
    private float[] x;

    Descent(Example e, Rng rng) {
      this.e = e;
      this.rng = rng;
      variables = new Variables(e);
      begin();
    }

    private void begin() {
      step = 0;
      succeeded = false;
      stall = new Stall(steps);
      adam = new Adam(rate, e.origin.length);
      w = variables.of(start());
      x = variables.point(w);
    }

    /** The input; once a point is found, anywhere that is as near. */
    private float[] start() {
      if (!e.isFound()) {
        return e.origin;
      }
      float[] delta = new float[e.origin.length];
      Norm.L2.sample(delta, e.distance(), 1, rng.at(search));
      return e.at(delta);
    }

    @Override
    public List<Question> ask() {
      return search == searches ? List.of() : List.of(Question.slope(Surrogate.margin(), x));
    }

    @Override
    public boolean counts(Reply reply) {
      return reply.reached() && reply.value() >= confidence;
    }

    @Override
    public void hear(List<Reply> replies) {
      Reply reply = replies.get(0);
      float[] delta = e.delta(x);
      double hinge = Math.max(0, confidence + 2 * reply.rounding() - reply.value());
      double loss = Vectors.dot(delta, delta) + tradeoff.c() * hinge;
      succeeded |= counts(reply);
      step++;
      if (step == steps || (abortEarly && stall.at(step, loss))) {
        tradeoff.tried(succeeded);
        search++;
        begin();
      } else {
        double pull = hinge > 0 ? -tradeoff.c() : 0;
        float[] g = Vectors.sum(Vectors.scaled(delta, 2), pull, reply.gradient());
        adam.move(w, variables.gradient(w, g));
        x = variables.point(w);
      }
    }
  }
}
