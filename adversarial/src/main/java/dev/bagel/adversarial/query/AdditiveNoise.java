package dev.bagel.adversarial.query;

import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * Noise as long as the ball allows, drawn until the goal is reached: the control that every attack
 * must beat. In ℓ2 a direction is drawn and scaled to length ε, in ℓ∞ every element is uniform in
 * −ε … ε.
 *
 * @param kind the law of one element of the direction
 * @param clippingAware whether the ℓ2 length is ε after clipping, not before: Rauber and Bethge
 *     2020, "Fast differentiable clipping-aware normalization and rescaling"
 * @param repeats how many noises are tried
 */
public record AdditiveNoise(Ball ball, Kind kind, boolean clippingAware, int repeats)
    implements BallAttack, DecisionAttack {
  /** A law. */
  public enum Kind {
    GAUSSIAN,
    UNIFORM
  }

  public AdditiveNoise {
    boolean known =
        ball.norm() == Norm.L2
            || (ball.norm() == Norm.LINF && kind == Kind.UNIFORM && !clippingAware);
    if (!known) {
      throw new AttackException(
          "additive noise is Gaussian or uniform in ℓ2, and uniform in ℓ∞, where clipping cannot"
              + " be made up for; asked for "
              + kind
              + (clippingAware ? ", aware of clipping, in " : " in ")
              + ball);
    }
    if (repeats < 1) {
      throw new IllegalArgumentException(repeats + " noises: at least one");
    }
  }

  /** One Gaussian noise of length ε in ℓ2. */
  public static AdditiveNoise gaussian(double epsilon) {
    return new AdditiveNoise(Ball.l2(epsilon), Kind.GAUSSIAN, false, 1);
  }

  /** One uniform noise. */
  public static AdditiveNoise uniform(Ball ball) {
    return new AdditiveNoise(ball, Kind.UNIFORM, false, 1);
  }

  public AdditiveNoise clippingAware(boolean clippingAware) {
    return new AdditiveNoise(ball, kind, clippingAware, repeats);
  }

  /** Foolbox's "repeated" noises have 100. */
  public AdditiveNoise repeats(int repeats) {
    return new AdditiveNoise(ball, kind, clippingAware, repeats);
  }

  @Override
  public AdditiveNoise within(double epsilon) {
    return new AdditiveNoise(ball.withEpsilon(epsilon), kind, clippingAware, repeats);
  }

  @Override
  public long queries() {
    return 1L + repeats;
  }

  @Override
  public Found search(Labels labels, Tensor x, Seeds seeds) {
    Hunt hunt = new Hunt(ball.norm(), labels, x);
    int[] who = Ledger.all(hunt.n);
    for (int t = 0; t < repeats && who.length > 0; t++) {
      Points noisy = hunt.points();
      for (int i : who) {
        noisy.add(i, noisy(hunt.origin[i], hunt.bounds(), seeds.example(i).at("noise").at(t)));
      }
      hunt.reached(noisy);
      who = Arrays.stream(hunt.asking(who)).filter(i -> !hunt.has(i)).toArray();
    }
    return hunt.result();
  }

  private float[] noisy(float[] x, Bounds bounds, Rng rng) {
    float[] u = new float[x.length];
    for (int j = 0; j < u.length; j++) {
      u[j] = kind == Kind.GAUSSIAN ? rng.gaussian(j) : (float) (2 * rng.uniformDouble(j) - 1);
    }
    double scale = ball.epsilon();
    if (ball.norm() == Norm.L2) {
      scale =
          clippingAware
              ? clippingAwareScale(u, x, bounds)
              : scale / Math.max(Norm.TINY, Norm.L2.length(u));
    }
    float[] p = new float[x.length];
    for (int j = 0; j < p.length; j++) {
      p[j] = (float) (x[j] + scale * u[j]);
    }
    return p;
  }

  /**
   * The η for which clip(x + ηu) − x has length ε. Σ min(η|uⱼ|, rⱼ)² grows with η, rⱼ being the way
   * to the bound ahead; in the order in which elements arrive there, Σ splits into those that have
   * and those that have not. If all arrive before the length is ε, it cannot be.
   */
  private double clippingAwareScale(float[] u, float[] x, Bounds bounds) {
    double[] arrival = new double[x.length];
    double free = 0; // Σ uⱼ² of those that have not arrived
    for (int j = 0; j < x.length; j++) {
      double way = u[j] > 0 ? (double) bounds.high() - x[j] : (double) x[j] - bounds.low();
      arrival[j] = u[j] == 0 ? Double.POSITIVE_INFINITY : way / Math.abs(u[j]);
      free += (double) u[j] * u[j];
    }
    Integer[] order = new Integer[x.length];
    Arrays.setAll(order, j -> j);
    Arrays.sort(order, (a, b) -> Double.compare(arrival[a], arrival[b]));
    double square = ball.epsilon() * ball.epsilon();
    double stuck = 0; // Σ rⱼ² of those that have
    double last = 0;
    for (int j : order) {
      double eta = Math.sqrt(Math.max(0, square - stuck) / Math.max(Norm.TINY, free));
      if (eta <= arrival[j]) {
        return eta;
      }
      double way = arrival[j] * Math.abs(u[j]);
      stuck += way * way;
      free -= (double) u[j] * u[j];
      last = arrival[j];
    }
    return last;
  }
}
