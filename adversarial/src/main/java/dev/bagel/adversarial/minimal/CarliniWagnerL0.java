package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.nn.Classifier;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Carlini and Wagner's ℓ0 attack: the ℓ2 attack on fewer and fewer elements. After every success
 * those are set back for good that contribute least, by gᵢ · δᵢ. Carlini and Wagner 2017, §VI.B.
 *
 * <p>As in the authors' code an attempt is over at its first success and the next one begins there;
 * c doubles until there is one; and as many elements are set back at once as contribute less than
 * 0.01, at most 0.3 times the root of the number that is left.
 *
 * @param steps of Adam for each c
 * @param rate of Adam
 * @param c the first constant
 * @param largest the constant at which the attack is given up
 */
public record CarliniWagnerL0(int steps, double rate, double c, double largest)
    implements MinimalAttack {
  private static final double LITTLE = 0.01;
  private static final double AT_ONCE = 0.3;

  public CarliniWagnerL0 {
    Settings.atLeast("steps", steps, 1);
    Settings.positive("rate", rate);
    Settings.positive("c", c);
    Settings.atLeast("largest c", largest, c);
  }

  /** 1000 steps of 0.01, c from 10⁻³ to 2·10⁶: the authors' settings. */
  public static CarliniWagnerL0 attack() {
    return new CarliniWagnerL0(1000, 0.01, 1e-3, 2e6);
  }

  public CarliniWagnerL0 steps(int steps) {
    return new CarliniWagnerL0(steps, rate, c, largest);
  }

  public CarliniWagnerL0 rate(double rate) {
    return new CarliniWagnerL0(steps, rate, c, largest);
  }

  public CarliniWagnerL0 c(double first, double largest) {
    return new CarliniWagnerL0(steps, rate, first, largest);
  }

  @Override
  public Norm norm() {
    return Norm.L0;
  }

  @Override
  public Found on(Classifier f, Tensor x, Goal goal, Seeds seeds) {
    return Walks.of(f, x, goal, Norm.L0::length, Descent::new);
  }

  private final class Descent implements Walk {
    private final Example e;
    private final Variables variables;
    private final boolean[] free;
    private double weight = c;
    private int step;
    private Stall stall;
    private Adam adam;
    private float[] w;

    Descent(Example e) {
      this.e = e;
      variables = new Variables(e);
      free = new boolean[e.origin.length];
      Arrays.fill(free, true);
      begin(e.origin);
    }

    private void begin(float[] from) {
      step = 0;
      stall = new Stall(steps);
      adam = new Adam(rate, e.origin.length);
      w = variables.of(from);
    }

    @Override
    public List<Question> ask() {
      return weight > largest ? List.of() : List.of(Question.slope(Surrogate.margin(), x()));
    }

    /** The point of w, where it may differ from the input. */
    private float[] x() {
      float[] x = variables.point(w);
      for (int i = 0; i < x.length; i++) {
        x[i] = free[i] ? x[i] : e.origin[i];
      }
      return x;
    }

    @Override
    public void hear(List<Reply> replies) {
      Reply reply = replies.get(0);
      float[] x = x();
      float[] delta = e.delta(x);
      if (reply.reached()) {
        setBack(delta, reply.gradient());
        begin(x);
        return;
      }
      double hinge = Math.max(0, 2 * reply.rounding() - reply.value());
      double loss = Vectors.dot(delta, delta) + weight * hinge;
      if (++step == steps || stall.at(step, loss)) {
        weight *= 2;
        begin(e.isFound() ? e.nearest() : e.origin);
        return;
      }
      float[] g = Vectors.sum(Vectors.scaled(delta, 2), -weight, reply.gradient());
      for (int i = 0; i < g.length; i++) {
        g[i] = free[i] ? g[i] : 0;
      }
      adam.move(w, variables.gradient(w, g));
    }

    private void setBack(float[] delta, float[] g) {
      int[] least =
          IntStream.range(0, free.length)
              .filter(i -> free[i])
              .boxed()
              .sorted(Comparator.comparingDouble(i -> Math.abs(g[i] * delta[i])))
              .mapToInt(i -> i)
              .toArray();
      double most = AT_ONCE * Math.sqrt(least.length);
      for (int j = 0; j < least.length; j++) {
        int i = least[j];
        free[i] = false;
        if (Math.abs(g[i] * delta[i]) > LITTLE || (delta[i] != 0 && j >= most)) {
          break;
        }
      }
    }
  }
}
