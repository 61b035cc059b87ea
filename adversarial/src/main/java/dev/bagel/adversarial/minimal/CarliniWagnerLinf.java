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
 * Carlini and Wagner's ℓ∞ attack: a penalty on all that is above a threshold τ, which is lowered
 * after each success. Carlini and Wagner 2017, §VI.C.
 *
 * <pre>{@code minimise c · max(−margin(x(w)), 0) + Σᵢ max(|x(w) − x0|ᵢ − τ, 0)}</pre>
 *
 * <p>Every attempt begins where the last success was, with its c, and doubles c until it succeeds.
 * The authors stop at the first τ for which none does. Here τ then goes halfway back, until success
 * and failure are 1 % apart: a factor of 0.9 alone would leave up to a tenth. And the model is
 * asked at x cut to x0 ± τ: the elements of x are always some steps above τ or below it.
 *
 * @param steps of Adam for each c
 * @param rate of Adam
 * @param c the first constant
 * @param largest the constant at which an attempt is given up
 * @param shrink what the distance found is multiplied by to give the next τ
 */
public record CarliniWagnerLinf(int steps, double rate, double c, double largest, double shrink)
    implements MinimalAttack {
  private static final double RESOLUTION = 0.01;

  public CarliniWagnerLinf {
    Settings.atLeast("steps", steps, 1);
    Settings.positive("rate", rate);
    Settings.positive("c", c);
    Settings.atLeast("largest c", largest, c);
    Settings.share("shrink", shrink);
  }

  /** 1000 steps of 0.005, c from 10⁻⁵ to 20, τ falling by a tenth: the authors' settings. */
  public static CarliniWagnerLinf attack() {
    return new CarliniWagnerLinf(1000, 0.005, 1e-5, 20, 0.9);
  }

  public CarliniWagnerLinf steps(int steps) {
    return new CarliniWagnerLinf(steps, rate, c, largest, shrink);
  }

  public CarliniWagnerLinf rate(double rate) {
    return new CarliniWagnerLinf(steps, rate, c, largest, shrink);
  }

  public CarliniWagnerLinf c(double first, double largest) {
    return new CarliniWagnerLinf(steps, rate, first, largest, shrink);
  }

  public CarliniWagnerLinf shrink(double shrink) {
    return new CarliniWagnerLinf(steps, rate, c, largest, shrink);
  }

  @Override
  public Norm norm() {
    return Norm.LINF;
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, Norm.LINF::length, Descent::new);
  }

  private final class Descent implements Walk {
    private final Example e;
    private final Variables variables;
    private double tau;
    private double failed;
    private double weight = c;
    private boolean over;
    private int step;
    private Stall stall;
    private Adam adam;
    private float[] w;

    Descent(Example e) {
      this.e = e;
      variables = new Variables(e);
      tau = e.farthest(Norm.LINF);
      begin();
    }

    /** From the nearest point found, or the input. */
    private void begin() {
      step = 0;
      stall = new Stall(steps);
      adam = new Adam(rate, e.origin.length);
      w = variables.of(e.isFound() ? e.nearest() : e.origin);
    }

    @Override
    public List<Question> ask() {
      return over ? List.of() : List.of(Question.slope(Surrogate.margin(), cut()));
    }

    private float[] cut() {
      float[] delta = e.delta(variables.point(w));
      for (int i = 0; i < delta.length; i++) {
        delta[i] = (float) Math.min(tau, Math.max(-tau, delta[i]));
      }
      return e.at(delta);
    }

    @Override
    public void hear(List<Reply> replies) {
      Reply reply = replies.get(0);
      float[] delta = e.delta(variables.point(w));
      if (reply.reached()) {
        weight /= 2;
        next(shrink * e.distance());
        return;
      }
      double hinge = Math.max(0, 2 * reply.rounding() - reply.value());
      double loss = weight * hinge + excess(delta);
      if (++step == steps || stall.at(step, loss)) {
        weight *= 2;
        if (weight > largest) {
          fail();
        } else {
          begin();
        }
      } else {
        float[] outside = new float[delta.length];
        for (int i = 0; i < delta.length; i++) {
          outside[i] = Math.abs(delta[i]) > tau ? Math.signum(delta[i]) : 0;
        }
        float[] g = Vectors.sum(outside, hinge > 0 ? -weight : 0, reply.gradient());
        adam.move(w, variables.gradient(w, g));
      }
    }

    /** Σ max(|δᵢ| − τ, 0). */
    private double excess(float[] delta) {
      double sum = 0;
      for (float d : delta) {
        sum += Math.max(0, Math.abs(d) - tau);
      }
      return sum;
    }

    private void fail() {
      failed = tau;
      weight = Math.max(c, weight / 8);
      next((failed + e.distance()) / 2);
    }

    private void next(double threshold) {
      tau = failed > 0 ? Math.max(threshold, (failed + e.distance()) / 2) : threshold;
      over = !e.isFound() || e.distance() - failed < RESOLUTION * e.distance();
      begin();
    }
  }
}
